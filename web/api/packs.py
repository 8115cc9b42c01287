"""Reads the bodies of packs and parts while they come, without holding more than a piece."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, UnreadablePostError

from challenges.upload_errors import PackCutOff
from web.api.errors import ApiError, LengthRequired

PIECE_BYTES = 1024**2
# A client that sends nothing for so long holds a thread for nothing; what came whole is kept.
SILENCE_SECONDS = 60.0
# 32 raw bytes of SHA-256, then the number of bytes that follow, little-endian.
_HEAD = struct.Struct("<32sQ")


class BodyTooLarge(ApiError):
    """A body is larger than this operation takes."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "body-too-large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"Send at most {limit_bytes / 1024**2:,.0f} MiB at once.")


@dataclass(frozen=True)
class Frame:
    """One blob in a pack; its pieces must be taken before the next frame is asked for."""

    digest: bytes
    size: int
    pieces: Iterator[memoryview]


class Body:
    """The body of a request, as long as it has said."""

    def __init__(self, request: HttpRequest) -> None:
        """Raises: LengthRequired."""
        # Without a length Django would take the body for empty, whatever comes.
        declared = request.headers.get("Content-Length", "")
        if not declared.isdecimal():
            raise LengthRequired
        self._request = request
        self._rest = memoryview(b"")
        self._unread = self.length = int(declared)
        _end_silence(request)

    @property
    def is_at_end(self) -> bool:
        """True when all bytes have been taken."""
        return not self._rest and not self._unread

    def pieces(self, size: int) -> Iterator[memoryview]:
        """Yield the next `size` bytes as they come. Raises: PackCutOff."""
        while size:
            piece = self._take(size)
            size -= len(piece)
            yield piece

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of a pack. Raises: PackCutOff."""
        while not self.is_at_end:
            digest, size = _HEAD.unpack(b"".join(self.pieces(_HEAD.size)))
            yield Frame(digest, size, self.pieces(size))

    def _take(self, size: int) -> memoryview:
        if not self._rest:
            self._rest = memoryview(self._read(min(PIECE_BYTES, self._unread)))
            self._unread -= len(self._rest)
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def _read(self, size: int) -> bytes:
        try:
            data = self._request.read(size)
        except UnreadablePostError as error:
            raise PackCutOff from error
        if not data:
            raise PackCutOff
        return data


def _end_silence(request: HttpRequest) -> None:
    """Let reading fail when nothing comes; other servers than gunicorn have limits of their own."""
    connection = request.META.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENCE_SECONDS)
