"""The orders for the launcher, and the words that it hands to bubblewrap."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

from evaluator.sandbox import mounts
from evaluator.sandbox.layout import Layout, Shown

_ALWAYS = """
--unshare-user --unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try
--disable-userns --die-with-parent --new-session --cap-drop ALL --hostname sandbox --clearenv
--dev /dev --proc /proc --ro-bind /proc/sys /proc/sys
"""
INSIDE_UID = 20_000  # what the command sees; outside, the uid is the run's own
_STAGE = "/tmp"  # noqa: S108  # launcher.STAGE; importing a program for one word is no good


class ShowOrder(TypedDict):
    """Bind the folder `source` with mount flags; `hide` its path behind an overlay.

    With `file`, the name of a file in it, only that is shown: an overlay is made of folders.
    """

    source: str
    file: str
    flags: int
    hide: bool


class ScratchOrder(TypedDict):
    """Mount a memory file system for so many bytes and files."""

    size: int
    files: int


class Orders(TypedDict):
    """What the launcher does, in this order; all of it plain values."""

    parent: int
    show: list[ShowOrder]
    scratch: list[ScratchOrder]
    join: list[str]
    rlimits: list[tuple[int, int]]
    nice: int
    uid: int | None
    arguments: list[str]


def stage(layout: Layout) -> tuple[list[ShowOrder], list[ScratchOrder], Layout]:
    """Return what the launcher has to mount, and the layout with the stage as its source."""
    shown = [_show_order(item) for item in layout.shown]
    scratch: list[ScratchOrder] = [
        {"size": place.size_bytes, "files": place.files} for place in layout.scratch
    ]
    staged = [
        replace(
            item, source=Path(_STAGE, f"{number}.file" if shown[number]["file"] else str(number))
        )
        for number, item in enumerate(layout.shown)
    ]
    staged += [
        Shown(Path(_STAGE, str(number)), place.target, writable=True)
        for number, place in enumerate(layout.scratch, start=len(staged))
    ]
    return shown, scratch, replace(layout, shown=tuple(staged), scratch=())


def _show_order(item: Shown) -> ShowOrder:
    is_folder = item.source.is_dir()
    return {
        "source": str(item.source if is_folder else item.source.parent),
        "file": "" if is_folder else item.source.name,
        "flags": _flags(item),
        "hide": item.hide and not item.writable,
    }


def _flags(item: Shown) -> int:
    flags = mounts.NO_SETUID | mounts.NO_DEVICES
    flags |= mounts.NO_EXECUTE if item.writable else mounts.READ_ONLY
    return flags if item.follow_links else flags | mounts.NO_LINKS


def bubblewrap_words(
    layout: Layout, *, environment: Mapping[str, str], workdir: str, seccomp: int, status: int
) -> list[str]:
    """Return bubblewrap's options; `seccomp` and `status` are descriptors that it inherits.

    Source: bwrap(1), version 0.8.
    """
    words = _ALWAYS.split()
    words += ["--uid", str(INSIDE_UID), "--gid", str(INSIDE_UID)]
    for name, value in environment.items():
        words += ["--setenv", name, value]
    for item in layout.shown:
        words += ["--bind" if item.writable else "--ro-bind", str(item.source), item.target]
    for place in layout.scratch:
        words += ["--perms", "1777", "--size", str(place.size_bytes), "--tmpfs", place.target]
    for where, what in layout.links:
        words += ["--symlink", what, where]
    # Left writable, /dev and / would be memory without a limit.
    words += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", workdir]
    return [*words, "--seccomp", str(seccomp), "--json-status-fd", str(status)]
