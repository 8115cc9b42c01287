"""A TIFF file as an Array: its pages are the first axis when there are several."""

from pathlib import Path

from evaluator.arrays.base import Block, Index, Region
from evaluator.arrays.cache import ChunkRoom
from evaluator.arrays.chunk_limits import check_overhang
from evaluator.arrays.chunked import ChunkReader
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.layout import Layout
from evaluator.arrays.tiff.directory import read_directories
from evaluator.arrays.tiff.page import Page, SegmentCorrupt, decode_segment, read_page
from evaluator.codes import Code

_SLACK_BYTES = 64 * 1024


class TiffArray:
    """The pages of one file, all of one size and type; (pages,) rows, columns (, samples)."""

    def __init__(self, path: Path, name: str, room: ChunkRoom | None = None) -> None:
        """Read the directories of the file at `path`. Raises: ArrayInvalid."""
        self.name = name
        self._path = path
        self._pages = _read_pages(path, name)
        self._layout = self._pages[0].layout
        stack = (len(self._pages),) if len(self._pages) > 1 else ()
        self.shape = (*stack, *self._layout.shape)
        self.dtype = self._layout.dtype
        chunks = (*(1 for _ in stack), *self._layout.segment_shape)
        check_overhang(self.shape, chunks, self.dtype.itemsize, name)
        self.layout = Layout(chunks=chunks)
        self._reader = ChunkReader(
            self.shape,
            self.dtype,
            chunk_shape=chunks,
            load=self._load,
            room=room,
        )

    def notes(self) -> tuple[str, ...]:
        """Return nothing: opening has checked all that can be known."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        return self._reader.read(region)

    def release(self) -> None:
        """Let go of decoded chunks."""
        self._reader.release()

    def _load(self, index: Index) -> Block:
        page_rows, height = self._layout.shape[0], self._layout.segment_shape[0]
        is_stack = len(self._pages) > 1
        number, down, across = (index if is_stack else (0, *index))[:3]
        per_row = -(-self._layout.shape[1] // self._layout.segment_shape[1])
        rows = height if self._layout.is_tiled else min(height, page_rows - down * height)
        segment = self._segment(self._pages[number], down * per_row + across, rows, number)
        return segment[None] if is_stack else segment

    def _segment(self, page: Page, segment: int, rows: int, number: int) -> Block:
        with self._path.open("rb") as file:
            file.seek(page.offsets[segment])
            data = file.read(page.sizes[segment])
        try:
            return decode_segment(data, page.layout, rows)
        except SegmentCorrupt as error:
            raise ArrayInvalid(
                Code.CHUNK_CORRUPT,
                f"Strip or tile {segment} of page {number} of {self.name} is damaged; save the "
                "file again and hand it in anew.",
            ) from error


def _read_pages(path: Path, name: str) -> tuple[Page, ...]:
    size = path.stat().st_size
    pages: list[Page] = []
    for tags, order in read_directories(path, name):
        page = read_page(tags, order, name)
        if pages and page.layout != pages[0].layout:
            raise invalid(f"{name} has pages of different sizes or types; save a stack of equals.")
        _check_segments(page, size, f"Page {len(pages)} of {name}")
        pages.append(page)
    return tuple(pages)


def _check_segments(page: Page, file_bytes: int, name: str) -> None:
    most = page.layout.segment_bytes + page.layout.segment_bytes // 4 + _SLACK_BYTES
    for offset, stored in zip(page.offsets, page.sizes, strict=True):
        if offset == 0 or stored == 0 or offset + stored > file_bytes:
            raise ArrayInvalid(
                Code.CHUNK_MISSING,
                f"{name} has a strip or tile that is not in the file; save the file again and "
                "upload it whole.",
            )
        if stored > most:
            raise ArrayInvalid(
                Code.CHUNK_CORRUPT,
                f"{name} has a strip or tile of {stored} bytes, more than its pixels take; save "
                "the file again.",
            )
