"""Linux mounts by their system calls; the standard library has none. Imported by the launcher."""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

# linux/mount.h. Plain numbers: an enum would cost the launcher five milliseconds of start.
READ_ONLY = 1
NO_SETUID = 2
NO_DEVICES = 4
NO_EXECUTE = 8
_REMOUNT = 32
NO_LINKS = 256  # symbolic links are not followed; Linux 5.10, ignored before
_BIND = 4096
_RECURSIVE = 16384
_PRIVATE = 1 << 18
_DETACH = 2
_CLONE_NEWNS = 0x0002_0000  # linux/sched.h
_PR_SET_PDEATHSIG, _SIGKILL = 1, 9  # linux/prctl.h


def mount(
    source: str, target: str, *, kind: str | None = None, flags: int = 0, data: str | None = None
) -> None:
    """Mount `source` at `target`. Raises: OSError as the kernel says."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind, data)]
    _check(_libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]), target)


def unmount(target: str) -> None:
    """Take away what is mounted at `target`, even when busy. Raises: OSError (EINVAL: nothing)."""
    _check(_libc.umount2(os.fsencode(target), _DETACH), target)


def bind(source: str, target: str, *, flags: int) -> None:
    """Show `source`, and what is mounted in it, at `target` too; `flags` hold there only."""
    mount(source, target, flags=_BIND | _RECURSIVE)
    mount("none", target, flags=_BIND | _REMOUNT | flags)


def mount_tmpfs(target: str, *, size_bytes: int, files: int, mode: int, uid: int = 0) -> None:
    """Mount a memory file system that holds so many bytes and files, and no program to start."""
    flags = NO_SETUID | NO_DEVICES | NO_EXECUTE
    data = f"size={size_bytes},nr_inodes={files},mode={mode:o},uid={uid},gid={uid}"
    mount("tmpfs", target, kind="tmpfs", flags=flags, data=data)


def enter_private_mounts() -> None:
    """Give this process a mount table of its own; nothing mounted later is seen outside."""
    _check(_libc.unshare(_CLONE_NEWNS), "unshare")
    mount("none", "/", flags=_RECURSIVE | _PRIVATE)


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL), "prctl")


def _check(answer: int, subject: str) -> None:
    if answer != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), subject)
