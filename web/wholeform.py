"""Reads the form of an upload page: its file streams into the blob store, its length is held to."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser

from challenges.errors import ChallengeError
from web.uploads import StreamToBlobs


class UploadCutOff(ChallengeError):
    """An upload ended before its declared length."""

    code = "upload-cut-off"

    def __init__(self) -> None:
        super().__init__("The upload broke off; nothing of it was kept. Send it again.")


class WholeForm(FileUploadHandler):
    """Parses a form with one large file; one that breaks off or is too large leaves nothing behind.

    Set as the request's only upload handler before anything of its body is read.
    """

    def __init__(self, request: HttpRequest, limit_bytes: int) -> None:
        super().__init__(request)
        self._limit = limit_bytes

    def handle_raw_input(
        self,
        input_data: Any,  # Django's signature: something with read()
        META: dict[str, Any],  # noqa: N803 - as above
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,
    ) -> tuple[Any, Any]:
        """Return the fields and the files. Raises: UploadTooLarge, UploadCutOff."""
        handler = StreamToBlobs(self.request, self._limit)  # type: ignore[arg-type]  # set above
        body = _Body(input_data)
        try:
            fields, files = MultiPartParser(META, body, [handler], encoding or "utf-8").parse()  # type: ignore[arg-type]  # read() is all it needs
        finally:
            # Django tells a handler of a body that ends early, but not of one that cannot be read.
            handler.upload_interrupted()
        if body.read_bytes < content_length:
            for file in (file for _, group in files.lists() for file in group):
                file.close()
            raise UploadCutOff
        return fields, files

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002
        """Never called: the form has been parsed by then."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Never called, as above."""


class _Body:
    """Counts what is read of a body: a connection that breaks off looks like its end."""

    def __init__(self, stream: Any) -> None:  # Django's request
        self._stream = stream
        self.read_bytes = 0

    def read(self, size: int) -> bytes:
        data: bytes = self._stream.read(size)
        self.read_bytes += len(data)
        return data
