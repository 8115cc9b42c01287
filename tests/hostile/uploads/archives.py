"""The corpus of archives that must be refused, each with the code that it must get.

Made when they are needed, so that no virus scanner finds a bomb in the repository. LIMIT_BYTES is
what each may unpack to.
"""

import gzip
import io
import tarfile
from collections.abc import Callable, Mapping

from evaluator.codes import Code
from tests.hostile.uploads.zip_writer import (
    DEFLATED,
    DEVICE,
    FIFO,
    FOLDER,
    LINK,
    SOCKET,
    Member,
    write_zip,
)

LIMIT_BYTES = 10 * 1024**2

UNSAFE, INVALID, LARGE = Code.ARCHIVE_UNSAFE, Code.ARCHIVE_INVALID, Code.ARCHIVE_TOO_LARGE

HONEST = write_zip([Member("a.csv", b"id,label\n" * 100, DEFLATED), Member("b/c.csv", b"x")])


def _overlapping() -> bytes:
    """Two names for the same bytes, as in Fifield's bombs of many."""
    return write_zip([Member("a.csv"), Member("b.csv", at=0, local_name="a.csv")])


def _nested() -> bytes:
    """One local header inside the data of another entry, both told truly by the directory."""
    inner = Member("b.csv", b"inner")
    hidden = write_zip([inner])
    return write_zip([Member("a.csv", hidden), Member("b.csv", b"inner", at=30 + len("a.csv"))])


def _tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    return target.getvalue()


def _named(name: str | bytes) -> Callable[[], bytes]:
    return lambda: write_zip([Member("good.csv"), Member(name)])


def _of(*members: Member) -> Callable[[], bytes]:
    return lambda: write_zip(members)


HOSTILE: Mapping[str, tuple[Callable[[], bytes], Code]] = {
    # Names that lead out, or mean other things on other computers.
    "parent": (_named("../evil.csv"), UNSAFE),
    "parent inside": (_named("a/../../evil.csv"), UNSAFE),
    "parent at the end": (_named("a/.."), UNSAFE),
    "absolute": (_named("/etc/passwd"), UNSAFE),
    "drive": (_named("C:/evil.csv"), UNSAFE),
    "drive without a slash": (_named("C:evil.csv"), UNSAFE),
    "backslash": (_named("..\\evil.csv"), UNSAFE),
    "network share": (_named("\\\\server\\share\\evil.csv"), UNSAFE),
    "dot": (_named("./a.csv"), UNSAFE),
    "double slash": (_named("a//b.csv"), UNSAFE),
    "empty": (_named(""), UNSAFE),
    "NUL": (_named("a\0.csv"), UNSAFE),
    "newline": (_named("a\nb.csv"), UNSAFE),
    "not UTF-8": (_named(b"\xff\xfe.csv"), UNSAFE),
    "half a surrogate pair": (_named(b"\xed\xa0\x80.csv"), UNSAFE),
    "2000 bytes long": (_named("a" * 2000), UNSAFE),
    "folder outside": (_of(Member("a.csv"), Member("../b/", b"", mode=FOLDER)), UNSAFE),
    # Two names for one file.
    "the same name twice": (_of(Member("c/0"), Member("c/0", b"other")), UNSAFE),
    "capitals": (_of(Member("a.csv"), Member("A.csv")), UNSAFE),
    "capitals in a folder": (_of(Member("a/x.csv"), Member("A/y.csv")), UNSAFE),
    "composed and not": (_of(Member("\xe9.csv"), Member("e\u0301.csv")), UNSAFE),
    "sharp s": (_of(Member("stra\xdfe.csv"), Member("strasse.csv")), UNSAFE),
    "file and folder": (_of(Member("a"), Member("a/b.csv")), UNSAFE),
    # What is no plain file.
    "link to the truth": (_of(Member("a.csv", b"/agon/truth/a.csv", mode=LINK)), UNSAFE),
    "link upwards": (_of(Member("a", b"../../truth", mode=LINK), Member("b.csv")), UNSAFE),
    "block device": (_of(Member("a.csv", b"", mode=DEVICE)), UNSAFE),
    "named pipe": (_of(Member("a.csv", b"", mode=FIFO)), UNSAFE),
    "socket": (_of(Member("a.csv", b"", mode=SOCKET)), UNSAFE),
    "folder with bytes": (_of(Member("a/", b"bytes", mode=FOLDER)), UNSAFE),
    "folder that is a link": (_of(Member("a/", b"", mode=LINK)), UNSAFE),
    # Archives that lie about where things are.
    "overlapping entries": (_overlapping, UNSAFE),
    "an entry inside another": (_nested, UNSAFE),
    "bytes before the first entry": (
        lambda: write_zip([Member("a.csv")], before=b"PK\x03\x04" + bytes(26)),
        UNSAFE,
    ),
    "a program before the archive": (
        lambda: write_zip([Member("a.csv")], before=b"#!/bin/sh\n"),
        INVALID,
    ),
    "a program that shifts the archive": (lambda: b"#!/bin/sh\n" + HONEST, INVALID),
    "two archives in a row": (lambda: HONEST + HONEST, INVALID),
    "rubbish behind": (lambda: write_zip([Member("a.csv")], after=b"rubbish"), INVALID),
    "more entries stated": (lambda: write_zip([Member("a.csv")], count=2), INVALID),
    "fewer entries stated": (lambda: write_zip([Member("a"), Member("b")], count=1), INVALID),
    "entry beyond the end": (_of(Member("b.csv", at=10**9)), INVALID),
    "entry at no header": (_of(Member("a.csv"), Member("b.csv", at=7)), UNSAFE),
    "another name in the header": (_of(Member("a.csv", local_name="b.csv")), INVALID),
    "another size in the header": (_of(Member("a.csv", local_plain_bytes=1)), INVALID),
    "packed size beyond the end": (_of(Member("a.csv", packed_bytes=10**6)), INVALID),
    "cut off": (lambda: HONEST[:-1], INVALID),
    "half": (lambda: HONEST[: len(HONEST) // 2], INVALID),
    "start alone": (lambda: b"PK\x03\x04", INVALID),
    "end alone": (lambda: write_zip([]), INVALID),
    "folders alone": (_of(Member("a/", b"", mode=FOLDER)), INVALID),
    "rubbish of macOS alone": (_of(Member("__MACOSX/._a.csv"), Member(".DS_Store")), INVALID),
    "ZIP64 end that is missing": (
        lambda: write_zip([Member("a.csv")], zip64=True).replace(b"PK\x06\x07", b"PK\x06\x00"),
        INVALID,
    ),
    "ZIP64 end elsewhere": (
        lambda: write_zip([Member("a.csv")], zip64=True).replace(b"PK\x06\x06", b"PK\x06\x00"),
        INVALID,
    ),
    # Archives that lie about what they hold.
    "shorter than stated": (_of(Member("a.csv", b"x" * 9, DEFLATED, plain_bytes=10)), INVALID),
    "longer than stated": (_of(Member("a.csv", b"x" * 9, DEFLATED, plain_bytes=8)), INVALID),
    "stored with two sizes": (_of(Member("a.csv", b"x" * 9, plain_bytes=5)), INVALID),
    "wrong checksum": (_of(Member("a.csv", crc32=1)), INVALID),
    "not deflated": (_of(Member("a.csv", b"no deflate", 8, packed_bytes=4)), INVALID),
    "encrypted": (_of(Member("a.csv", flags=0x801)), INVALID),
    "strongly encrypted": (_of(Member("a.csv", flags=0x841)), INVALID),
    "LZMA": (_of(Member("a.csv", method=14)), INVALID),
    "bzip2": (_of(Member("a.csv", method=12)), INVALID),
    "zstd": (_of(Member("a.csv", method=93)), INVALID),
    # Too much.
    "11 MiB of zeros": (_of(Member("a.csv", bytes(11 * 1024**2), DEFLATED)), LARGE),
    "many of 1 MiB": (
        lambda: write_zip([Member(f"{n}.csv", bytes(1024**2), DEFLATED) for n in range(11)]),
        LARGE,
    ),
    "10 GiB stated": (_of(Member("a.csv", b"x", DEFLATED, plain_bytes=10 * 1024**3)), LARGE),
    "16 EiB stated": (_of(Member("a.csv", b"x", DEFLATED, plain_bytes=2**64 - 1)), LARGE),
    "200 001 entries": (
        lambda: write_zip([Member(f"{n}", b"") for n in range(200_001)], zip64=True),
        LARGE,
    ),
    "200 001 entries stated": (
        lambda: write_zip([Member("a.csv")], zip64=True, count=200_001),
        LARGE,
    ),
    # Other archives.
    "tar": (_tar, INVALID),
    "tar.gz": (lambda: gzip.compress(_tar()), INVALID),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100), INVALID),
    "RAR": (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100), INVALID),
    "xz": (lambda: b"\xfd7zXZ\x00" + bytes(100), INVALID),
    "zstd alone": (lambda: b"\x28\xb5\x2f\xfd" + bytes(100), INVALID),
    "text": (lambda: b"id,label\n1,2\n", INVALID),
    "nothing": (lambda: b"", INVALID),
}
