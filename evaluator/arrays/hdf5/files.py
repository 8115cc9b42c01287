"""An HDF5 file opened for its metadata, and the objects in it found without leaving the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import h5py

from evaluator.arrays.errors import ArrayInvalid, invalid

# What h5py makes of damage that the library has found.
FAULTS = (OSError, RuntimeError, ValueError, KeyError, TypeError, OverflowError)
Object = Any  # h5py has no types; a GroupID, DatasetID or TypeID

_MAX_NAMES = 10_000
_MAX_HOPS = 16  # from one soft link to the next
_LINK_NAMES = {h5py.h5l.TYPE_EXTERNAL: "an external link"}


class NotThere(ArrayInvalid):
    """The file has no object at the path that was asked for."""


@contextmanager
def opened(path: Path, name: str) -> Iterator[Object]:
    """Give the root group of the file at `path`, which the one called `name` lies in.

    Raises: ArrayInvalid when it is no HDF5 file, is cut off, or turns out to be damaged inside the
    context.
    """
    _forget_plugins()
    try:
        # sec2 reads this one file: the drivers for families and splits name further ones.
        with h5py.File(path, "r", driver="sec2", locking=False) as file:
            yield h5py.h5g.open(file.id, b"/")
    except FAULTS as error:
        raise invalid(
            f"{name} cannot be read as HDF5: the file is damaged, cut off or of another format; "
            "save it again with h5py and upload it whole."
        ) from error


@dataclass(frozen=True)
class Place:
    """A dataset of the file at `path`, the only one when `member` is empty; `name` for people."""

    path: Path
    name: str
    member: str

    @contextmanager
    def opened(self) -> Iterator[Object]:
        """Give the object there. Raises: ArrayInvalid as `opened` and `find` do."""
        with opened(self.path, self.name) as root:
            if self.member:
                yield find(root, self.member, self.name)
            else:
                yield only_dataset(root, self.name)


def find(root: Object, member: str, name: str) -> Object:
    """Return the object at `member`, a path below `root`.

    Each part is looked at before it is opened: the library would follow any link on the way.
    Raises: NotThere; ArrayInvalid for links that lead out of the file.
    """
    node, hops = root, 0
    rest = member.split("/")[::-1]
    while rest:
        part = rest.pop().encode()
        if part in {b"", b"."}:
            continue
        kind = _link_kind(node, part, name)
        if kind == h5py.h5l.TYPE_HARD:
            node = h5py.h5o.open(node, part)
            continue
        hops += 1
        if kind != h5py.h5l.TYPE_SOFT or hops > _MAX_HOPS:
            shown = _LINK_NAMES.get(kind, "a link without an end")
            raise invalid(f"{name} is {shown}; store the array itself in the file.")
        target = node.links.get_val(part).decode()
        node = root if target.startswith("/") else node
        rest += target.split("/")[::-1]
    return node


def _link_kind(node: Object, part: bytes, name: str) -> int:
    if not isinstance(node, h5py.h5g.GroupID) or not node.links.exists(part):
        missing = invalid(f"{name}: the HDF5 file has no {part.decode()[:80]!a} there.")
        raise NotThere(missing.code, str(missing))
    return int(node.links.get_info(part).type)


def only_dataset(root: Object, name: str) -> Object:
    """Return the one dataset that lies in `root` itself. Raises: ArrayInvalid."""
    found = []
    for part in _names(root):
        if root.links.get_info(part).type == h5py.h5l.TYPE_HARD:
            item = h5py.h5o.open(root, part)
            found += [item] if isinstance(item, h5py.h5d.DatasetID) else []
    if len(found) != 1:
        raise invalid(
            f"{name} holds {len(found)} datasets beside its groups, and nothing says which one "
            "counts; keep one of them there."
        )
    return found[0]


def holds(path: Path, member: str) -> bool:
    """True when the file at `path` has an object at `member`, or is too damaged to tell."""
    try:
        with opened(path, path.name) as root:
            find(root, member, path.name)
    except NotThere:
        return False
    except ArrayInvalid:
        return True  # it is told when the array is opened
    return True


@lru_cache(maxsize=8)
def member_names(path: Path) -> frozenset[str]:
    """Return the names in the root group of the file at `path`; none when it is damaged."""
    try:
        with opened(path, path.name) as root:
            return frozenset(part.decode("utf-8", "replace") for part in _names(root))
    except ArrayInvalid:
        return frozenset()


def _names(group: Object) -> list[bytes]:
    found: list[bytes] = []

    def note(name: bytes) -> bool | None:
        found.append(name)
        return True if len(found) == _MAX_NAMES else None  # anything but None ends it

    group.links.iterate(note)
    return found


def _forget_plugins() -> None:
    """Leave the library no folder to load filters from."""
    for _ in range(h5py.h5pl.size()):
        h5py.h5pl.remove(0)
