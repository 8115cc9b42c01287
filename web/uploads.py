"""Uploads from forms: hashed while they stream into the blob store, in constant memory."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from challenges.blobs import site_blobs
from challenges.errors import UploadNameInvalid, UploadTooLarge
from challenges.services.submissions import Upload
from evaluator.blobs import BlobWriter
from evaluator.manifests import FileEntry, Manifest, checked_path

# Room for the other fields and the boundaries of a multipart form around the file itself.
FORM_OVERHEAD_BYTES = 256 * 1024


class StoredFile(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs only
    """A file on its way into the blob store: kept once `upload` is called, else forgotten."""

    def __init__(self, *, name: str, writer: BlobWriter, field: str) -> None:
        super().__init__(
            file=None, name=name, content_type=None, size=writer.size_bytes, charset=None
        )
        self.field_name = field
        self._writer = writer

    def upload(self) -> Upload:
        """Keep the file and return what was uploaded. Raises: UploadNameInvalid."""
        name = str(self.name)
        try:
            path = checked_path(name)
        except ValueError as error:
            raise UploadNameInvalid(str(error)) from error
        entry = FileEntry(path=path, size=self._writer.size_bytes, sha256=self._writer.commit())
        return Upload(filename=name, manifest=Manifest(files=(entry,)))

    def close(self) -> None:
        """Forget the file unless it was kept; Django calls this at the end of the request."""
        self._writer.discard()


class RefuseFiles(FileUploadHandler):
    """The default for every page: files are taken only where a view has said so."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002
        """End the request."""
        raise StopUpload(connection_reset=True)

    def file_complete(self, file_size: int) -> None:
        """Give no file."""


class StreamToBlobs(FileUploadHandler):
    """Stores one file within a limit; what is over it, or breaks off, leaves nothing behind."""

    def __init__(self, request: HttpRequest, limit_bytes: int) -> None:
        super().__init__(request)
        self._limit = limit_bytes
        self._writer: BlobWriter | None = None

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 - Django's signature
        META: dict[str, Any],  # noqa: ARG002, N803
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        """Refuse by the declared length, before a byte is read. Raises: UploadTooLarge."""
        if content_length > self._limit + FORM_OVERHEAD_BYTES:
            raise UploadTooLarge(self._limit)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a blob."""
        super().new_file(*args, **kwargs)
        self.upload_interrupted()
        self._writer = site_blobs().writer()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002
        """Store and hash a piece. Raises: UploadTooLarge."""
        if self._writer is None:
            return raw_data
        if self._writer.size_bytes + len(raw_data) > self._limit:
            self.upload_interrupted()
            raise UploadTooLarge(self._limit)
        self._writer.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> StoredFile | None:  # noqa: ARG002 - as above
        """Hand the finished file over."""
        if self._writer is None:
            return None
        writer, self._writer = self._writer, None
        return StoredFile(name=self.file_name or "", writer=writer, field=self.field_name or "")

    def upload_interrupted(self) -> None:
        """Forget a blob that was cut off."""
        if self._writer is not None:
            self._writer.discard()
            self._writer = None
