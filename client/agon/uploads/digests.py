"""The SHA-256 of each file of an upload, 32 bytes each in one piece of memory."""

from array import array

BYTES = 32


class Digests:
    """Digests by the number of their file."""

    def __init__(self, count: int) -> None:
        self._data = bytearray(BYTES * count)

    def __len__(self) -> int:
        return len(self._data) // BYTES

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._data[BYTES * number : BYTES * (number + 1)])

    def __setitem__(self, number: int, digest: bytes) -> None:
        self._data[BYTES * number : BYTES * (number + 1)] = digest

    def distinct(self) -> tuple[str, ...]:
        """Return each digest once, in hexadecimal, ascending."""
        return tuple(sorted({self[number].hex() for number in range(len(self))}))

    def order(self) -> "array[int]":
        """Return the numbers of the files, ascending by digest."""
        return array("I", sorted(range(len(self)), key=self.__getitem__))


class Finder:
    """Finds the files that have digests, which are asked for in ascending order."""

    def __init__(self, digests: Digests) -> None:
        self._digests = digests
        self._order = digests.order()
        self._at = 0

    def find(self, digest: bytes) -> int | None:
        """Return the number of a file with the digest; None when there is none."""
        order, digests = self._order, self._digests
        while self._at < len(order) and digests[order[self._at]] < digest:
            self._at += 1
        if self._at < len(order) and digests[order[self._at]] == digest:
            return order[self._at]
        return None
