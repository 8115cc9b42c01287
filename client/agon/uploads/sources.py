"""Reads files that are being sent, exactly as long as they were when they were found."""

from io import FileIO

from agon.errors import UploadUnfit
from agon.uploads.walking import LocalFile, LocalTree


class Source:
    """An open file of an upload; `left` bytes of it have not been read."""

    def __init__(self, tree: LocalTree, file: LocalFile, *, offset: int = 0) -> None:
        """Open a file, to be read from `offset` on. Raises: UploadUnfit."""
        self._path = file.path
        self._place = tree.place(file)
        self.left = file.size - offset
        try:
            self._raw = FileIO(self._place)
            if offset:
                self._raw.seek(offset)
        except OSError as error:
            raise self._unreadable(error) from error

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def fill(self, buffer: memoryview) -> int:
        """Read into the buffer and return how many bytes came: one at least, while some are left.

        Raises: UploadUnfit, also when the file has become shorter.
        """
        try:
            count = self._raw.readinto(buffer[: self.left]) or 0
        except OSError as error:
            raise self._unreadable(error) from error
        if not count:
            raise changed(self._path)
        self.left -= count
        return count

    def _unreadable(self, error: OSError) -> UploadUnfit:
        return UploadUnfit(f"'{self._place}' cannot be read: {error.strerror}.")


def changed(path: str) -> UploadUnfit:
    """Return the error about a file that was written to while it was being sent."""
    return UploadUnfit(
        f"'{path}' has changed while it was being sent.",
        hint="Wait until nothing writes to it, then run the same command again.",
    )
