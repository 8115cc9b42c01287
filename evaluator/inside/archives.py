"""Unpacking the one archive that we take: ZIP, entry by entry, to files that we create."""

import errno
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evaluator.codes import Code
from evaluator.inside.errors import UploadRefused
from evaluator.inside.names import check_distinct, is_rubbish, safe_name
from evaluator.zips.directory import DEFLATED, STORED, Directory, Entry, read_directory
from evaluator.zips.entries import located, plain_pieces
from evaluator.zips.errors import ZipInvalid

BIG_BYTES = 256 * 1024**2
MAX_RATIO = 1000  # of files over BIG_BYTES; Deflate reaches 1032 on nothing but zeros

_REGULAR = {0, stat.S_IFREG}  # 0: packed on a system that has no such bits


@dataclass(frozen=True)
class Listing:
    """The files of an archive that count, by safe name."""

    directory: Directory
    files: Mapping[str, Entry]

    @property
    def plain_bytes(self) -> int:
        """Size of all of them unpacked, as the directory states it."""
        return sum(entry.plain_bytes for entry in self.files.values())


def read_listing(archive: Path, *, limit_bytes: int) -> Listing:
    """Return what the archive holds, without unpacking anything.

    Raises: UploadRefused for entries that are not plain files with safe and distinct names, or
    that take more than `limit_bytes` together.
    """
    try:
        with archive.open("rb") as file:
            directory = read_directory(file)
    except ZipInvalid as error:
        raise refused(error) from error
    files: dict[str, Entry] = {}
    names: list[str] = []
    for entry in directory.entries:
        if _is_folder(entry):
            continue
        _check_entry(entry)
        name = safe_name(entry.name)
        if not is_rubbish(name):
            names.append(name)
            files[name] = entry
    check_distinct(names)
    listing = Listing(directory, files)
    _check_size(listing, limit_bytes)
    return listing


def unpack(
    archive: Path, listing: Listing, target: Path, rename: Callable[[str], str]
) -> dict[str, int]:
    """Write the files of the archive below `target`; return path and size of each.

    `rename` gives the path below `target` for a name of the listing. Raises: UploadRefused.
    """
    names = {id(entry): rename(name) for name, entry in listing.files.items()}
    folders: set[str] = set()
    sizes: dict[str, int] = {}
    try:
        with archive.open("rb") as file:
            for entry, start in located(file, listing.directory, listing.files.values()):
                name = names[id(entry)]
                folder = name.rpartition("/")[0]
                if folder not in folders:
                    (target / folder).mkdir(parents=True, exist_ok=True)
                    folders.add(folder)
                _write(file, entry, start, f"{target}/{name}")
                sizes[name] = entry.plain_bytes
    except ZipInvalid as error:
        raise refused(error) from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise too_large("Unpacked, the archive fills all the space of this phase") from error
        raise
    return sizes


def refused(error: ZipInvalid) -> UploadRefused:
    """Return the refusal for an archive of which the ZIP reader says `error`."""
    return UploadRefused(error.code, "", f"The archive {error}")


def too_large(what: str) -> UploadRefused:
    """Return the refusal for an archive that takes too much, with the way out."""
    return UploadRefused(
        Code.ARCHIVE_TOO_LARGE,
        "",
        f"{what}; leave out what was not asked for, or use smaller types.",
    )


def _is_folder(entry: Entry) -> bool:
    is_folder = entry.name.endswith("/")
    if is_folder and (entry.plain_bytes or entry.file_type not in {0, stat.S_IFDIR}):
        raise _unsafe(entry, "is a folder with something in place of files")
    if is_folder and not is_rubbish(entry.name):
        safe_name(entry.name.rstrip("/"))
    return is_folder


def _check_entry(entry: Entry) -> None:
    if entry.file_type not in _REGULAR:
        raise _unsafe(entry, "is a link or a device")
    if entry.is_encrypted:
        raise UploadRefused(
            Code.ARCHIVE_INVALID,
            entry.name[:200],
            f"The entry {entry.name[:100]!a} is encrypted; pack the archive without a password.",
        )
    if entry.method not in {STORED, DEFLATED}:
        raise UploadRefused(
            Code.ARCHIVE_INVALID,
            entry.name[:200],
            f"The entry {entry.name[:100]!a} is packed with method {entry.method}; pack it with "
            "Deflate or without compression.",
        )
    if entry.plain_bytes > max(BIG_BYTES, MAX_RATIO * entry.packed_bytes):
        raise too_large(
            f"The entry {entry.name[:100]!a} unpacks from {entry.packed_bytes} to "
            f"{entry.plain_bytes} bytes"
        )


def _check_size(listing: Listing, limit_bytes: int) -> None:
    if not listing.files:
        raise UploadRefused(
            Code.ARCHIVE_INVALID, "", "The archive holds no file; pack your predictions into it."
        )
    if listing.plain_bytes > limit_bytes:
        raise too_large(
            f"Unpacked, the archive takes {listing.plain_bytes} bytes; this phase allows "
            f"{limit_bytes}"
        )


def _write(file: BinaryIO, entry: Entry, start: int, path: str) -> None:
    # O_EXCL: whatever stands there already, we did not put there.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, 0o600), "wb") as target:
        for piece in plain_pieces(file, entry, start):
            target.write(piece)


def _unsafe(entry: Entry, what: str) -> UploadRefused:
    return UploadRefused(
        Code.ARCHIVE_UNSAFE,
        entry.name[:200],
        f"The entry {entry.name[:100]!a} {what}; pack plain files and folders only.",
    )
