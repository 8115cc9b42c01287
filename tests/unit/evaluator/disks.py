"""A disk that fills up: writing fails as the kernel lets it fail, in the middle of a piece."""

import errno
import os
from collections.abc import Callable

import pytest

FillUp = Callable[[int], None]


@pytest.fixture
def fill_up(monkeypatch: pytest.MonkeyPatch) -> FillUp:
    """Return a function that leaves room for so many bytes more."""
    write = os.write

    def fill(free: int) -> None:
        left = free

        def limited(descriptor: int, data: bytes | memoryview) -> int:
            nonlocal left
            if left == 0 and len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            written = write(descriptor, data[:left])
            left -= written
            return written

        monkeypatch.setattr(os, "write", limited)

    return fill
