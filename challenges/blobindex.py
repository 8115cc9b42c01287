"""Digest and size of each blob of an upload, as few bytes: packs are checked against it."""

import struct
from collections.abc import Iterable, Iterator
from typing import Self

# 32 raw bytes of SHA-256, then the size in bytes; sorted, so that a digest is found by halving.
_ROW = struct.Struct(">32sQ")


class SizesDiffer(ValueError):
    """One digest is said to have two sizes; the text names it."""


class BlobIndex:
    """A map from digests to sizes that is read as it is stored: 40 bytes a blob."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @classmethod
    def of(cls, blobs: Iterable[tuple[str, int]]) -> Self:
        """Return the index of blobs, each named once or more. Raises: SizesDiffer."""
        sizes: dict[str, int] = {}
        for digest, size in blobs:
            if sizes.setdefault(digest, size) != size:
                raise SizesDiffer(f"{digest} has {sizes[digest]} and {size} bytes")
        rows = sorted(sizes.items())
        return cls(b"".join(_ROW.pack(bytes.fromhex(digest), size) for digest, size in rows))

    def __len__(self) -> int:
        return len(self.data) // _ROW.size

    def __iter__(self) -> Iterator[tuple[str, int]]:
        for digest, size in _ROW.iter_unpack(self.data):
            yield digest.hex(), size

    def size_of(self, digest: bytes) -> int | None:
        """Return the size of the blob with these 32 bytes of digest; None for one of no file."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            found, size = _ROW.unpack_from(self.data, middle * _ROW.size)
            if found == digest:
                return int(size)
            if found < digest:
                low = middle + 1
            else:
                high = middle
        return None
