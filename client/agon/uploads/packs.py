"""Many files in one request: 32 raw bytes of SHA-256, 8 bytes of length, the bytes, and so on."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agon.transport import Body
from agon.uploads.digests import Digests
from agon.uploads.sources import Source
from agon.uploads.walking import LocalTree

_HEAD = struct.Struct("<32sQ")
HEAD_BYTES = _HEAD.size
BUFFER_BYTES = 512 * 1024


@dataclass(frozen=True)
class Content:
    """The files of an upload and their digests."""

    tree: LocalTree
    digests: Digests


def pack_body(content: Content, numbers: Sequence[int], buffer: memoryview) -> Body:
    """Return the body that carries some files; its pieces lie in `buffer`."""
    files = content.tree.files
    size = sum(HEAD_BYTES + files[number].size for number in numbers)
    return Body(_pack(content, numbers, buffer), size)


def part_body(content: Content, number: int, window: tuple[int, int], buffer: memoryview) -> Body:
    """Return the body that carries the bytes of a file from the first of `window` to the second."""
    begin, end = window
    return Body(_part(content, number, window, buffer), end - begin)


def _pack(content: Content, numbers: Sequence[int], buffer: memoryview) -> Iterator[memoryview]:
    """Yield the pack in pieces as large as the buffer: each small file would cost a call."""
    filled = 0
    for number in numbers:
        file = content.tree.files[number]
        if len(buffer) - filled < HEAD_BYTES:
            yield buffer[:filled]
            filled = 0
        _HEAD.pack_into(buffer, filled, content.digests[number], file.size)
        filled += HEAD_BYTES
        with Source(content.tree, file) as source:
            while source.left:
                if filled == len(buffer):
                    yield buffer
                    filled = 0
                filled += source.fill(buffer[filled:])
    yield buffer[:filled]


def _part(
    content: Content, number: int, window: tuple[int, int], buffer: memoryview
) -> Iterator[memoryview]:
    begin, end = window
    with Source(content.tree, content.tree.files[number], offset=begin) as source:
        left = end - begin
        while left:
            count = source.fill(buffer[:left])
            left -= count
            yield buffer[:count]
