"""Reads the form of an upload: its file streams into the blob store, its length is held to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser

from challenges.errors import UploadEmpty
from web.api.errors import LengthRequired, RequestInvalid, RequestMalformed, UploadCutOff
from web.uploads import StoredFile, StreamToBlobs

FIELD = "file"


@dataclass(frozen=True)
class Form:
    """The fields of a form and its one file."""

    fields: QueryDict
    file: StoredFile


class _Body:
    """Counts what is read of a body: a connection that breaks off looks like its end."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.read_bytes = 0

    def read(self, size: int) -> bytes:
        data = self._request.read(size)
        self.read_bytes += len(data)
        return data


@contextmanager
def upload_form(request: HttpRequest, *, limit_bytes: int) -> Iterator[Form]:
    """Yield the form; a file that was not taken from it inside leaves nothing behind.

    Raises: LengthRequired, RequestMalformed, UploadTooLarge, UploadCutOff, UploadEmpty,
    RequestInvalid.
    """
    length = _declared_length(request)
    if request.content_type != "multipart/form-data":
        raise RequestMalformed("Send a form of type multipart/form-data with the field 'file'.")
    handler = StreamToBlobs(request, limit_bytes)
    body = _Body(request)
    try:
        fields, files = _parse(request, body, handler)
    finally:
        # Django tells a handler of a body that ends early, but not of one that cannot be read.
        handler.upload_interrupted()
    try:
        if body.read_bytes < length:
            raise UploadCutOff
        yield Form(fields, _only_file(files.getlist(FIELD), len(files)))
    finally:
        for file in (file for _, group in files.lists() for file in group):
            file.close()


def _declared_length(request: HttpRequest) -> int:
    declared = request.headers.get("Content-Length", "")
    if not (declared.isascii() and declared.isdigit()):
        raise LengthRequired
    return int(declared)


def _parse(request: HttpRequest, body: _Body, handler: StreamToBlobs) -> tuple[QueryDict, Any]:
    # Our own parser rather than request.FILES: its body can be counted.
    parser = MultiPartParser(request.META, body, [handler], request.encoding or "utf-8")  # type: ignore[arg-type]  # the stubs ask for more than read()
    return parser.parse()


def _only_file(files: list[StoredFile], fields: int) -> StoredFile:
    if not files:
        raise UploadEmpty
    if len(files) > 1 or fields > 1:
        raise RequestInvalid({FIELD: "send one file; put several into an archive"})
    if files[0].size == 0:
        raise UploadEmpty
    return files[0]
