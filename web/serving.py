"""Serves a file from the blob store: whole or a part, cacheable, never as a page of ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header, parse_etags

from challenges.blobs import site_blobs
from evaluator.manifests import FileEntry

# Pictures that browsers show without running anything in them; SVG is a document with scripts.
INLINE = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


@dataclass(frozen=True)
class Part:
    """Bytes `start` to `end`, both included."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Number of bytes."""
        return self.end - self.start + 1


def serve(request: HttpRequest, entry: FileEntry) -> HttpResponseBase:
    """Answer with a file of a manifest. Raises: InputUnavailable when the store lacks it."""
    etag = f'"{entry.sha256}"'
    if _is_known(request, etag):
        return _with_headers(HttpResponseNotModified(), entry, etag)
    part = _wanted(request, entry.size, etag)
    if part is None:
        response: HttpResponseBase = FileResponse(site_blobs().open(entry.sha256))
        response.headers["Content-Length"] = str(entry.size)
    elif part.length < 1 or part.start >= entry.size:
        response = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        response.headers["Content-Range"] = f"bytes */{entry.size}"
        return response
    else:
        response = _partial(entry, part)
    return _with_headers(response, entry, etag)


def _is_known(request: HttpRequest, etag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or etag in [tag.removeprefix("W/") for tag in known]


def _wanted(request: HttpRequest, size: int, etag: str) -> Part | None:
    """Return the part that is asked for; None for the whole file.

    Several ranges at once, and ranges of another state of the file, get the whole.
    """
    match = _RANGE.match(request.headers.get("Range", ""))
    if match is None or match[0] == "bytes=-" or request.method != "GET":
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    if not match[1]:  # the last n bytes
        return Part(max(0, size - int(match[2])), size - 1)
    end = min(int(match[2]), size - 1) if match[2] else size - 1
    return Part(int(match[1]), end)


def _partial(entry: FileEntry, part: Part) -> StreamingHttpResponse:
    file = site_blobs().open(entry.sha256)
    response = StreamingHttpResponse(_chunks(file, part), status=HTTPStatus.PARTIAL_CONTENT)
    response.headers["Content-Length"] = str(part.length)
    response.headers["Content-Range"] = f"bytes {part.start}-{part.end}/{entry.size}"
    return response


def _chunks(file: BinaryIO, part: Part) -> Iterator[bytes]:
    with file:
        file.seek(part.start)
        left = part.length
        while left > 0:
            chunk = file.read(min(CHUNK_BYTES, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk


def _with_headers(response: HttpResponseBase, entry: FileEntry, etag: str) -> HttpResponseBase:
    name = entry.path.rpartition("/")[2]
    kind = INLINE.get(f".{name.rpartition('.')[2].lower()}")
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    # The address names a path, not a digest: look again each time, which costs a 304.
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Content-Type"] = kind or "application/octet-stream"
    disposition = content_disposition_header(as_attachment=kind is None, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
