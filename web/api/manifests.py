"""Reads the list of an upload's files: bounded before it is unpacked, and before it is parsed."""

import zlib
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Annotated

from django.http import HttpRequest
from pydantic import FailFast, Field, ValidationError

from challenges.services.uploads import Announced
from challenges.upload_errors import ManifestInvalid, TooManyFiles
from evaluator.manifests import MAX_FILES, FileEntry, Manifest
from web.api.errors import ApiError, RequestInvalid, RequestMalformed
from web.api.packs import Body, BodyTooLarge
from web.api.schemas.base import Frozen, Text

# 200,000 files with paths of 230 characters.
MAX_BYTES = 64 * 1024**2
# Each file has the key once; the name of the upload, or a path, may be this word too.
_KEY = b'"sha256"'
_OTHERS = 2
_GZIP = 16 + zlib.MAX_WBITS


class EncodingUnknown(ApiError):
    """A body is packed in a way that is not taken."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "encoding-unknown"

    def __init__(self, encoding: str) -> None:
        super().__init__(f"Send the body plain or with gzip; {encoding[:40]!a} is not taken.")


class UploadRequest(Frozen):
    """The name of a file or folder, and all files in it with their paths inside the upload."""

    name: Annotated[Text, Field(min_length=1, max_length=255)]
    files: Annotated[tuple[FileEntry, ...], FailFast()]


def described() -> dict[str, object]:
    """Return the JSON Schema of an UploadRequest without references to parts of itself."""
    schema = UploadRequest.model_json_schema()
    del schema["$defs"]
    schema["properties"]["files"]["items"] = FileEntry.model_json_schema()
    schema["properties"]["files"]["maxItems"] = MAX_FILES
    return schema


def read_announced(request: HttpRequest) -> Announced:
    """Return what a request wants to upload.

    Raises: LengthRequired, BodyTooLarge, EncodingUnknown, RequestMalformed, RequestInvalid,
    TooManyFiles, ManifestInvalid, PackCutOff.
    """
    data = _read(request)
    try:
        wanted = UploadRequest.model_validate_json(data)
    except ValidationError as error:
        raise _told(error) from error
    if len(wanted.files) > MAX_FILES:
        raise TooManyFiles(MAX_FILES)
    try:
        files = tuple(sorted(wanted.files, key=lambda entry: entry.path))
        return Announced(wanted.name, Manifest(files=files))
    except ValidationError as error:
        raise _told(error) from error


def _read(request: HttpRequest) -> bytes:
    body = Body(request)
    if body.length > MAX_BYTES:
        raise BodyTooLarge(MAX_BYTES)
    data, keys = bytearray(), 0
    for piece in _plain(body.pieces(body.length), request.headers.get("Content-Encoding", "")):
        seen = max(0, len(data) - len(_KEY) + 1)  # the word may lie across two pieces
        data += piece
        keys += data.count(_KEY, seen)
        if keys > MAX_FILES + _OTHERS:
            raise TooManyFiles(MAX_FILES)
        if len(data) > MAX_BYTES:
            raise BodyTooLarge(MAX_BYTES)
    return bytes(data)


def _plain(pieces: Iterable[memoryview], encoding: str) -> Iterator[bytes | memoryview]:
    match encoding.strip().lower():
        case "" | "identity":
            yield from pieces
        case "gzip":
            yield from _inflated(pieces)
        case _:
            raise EncodingUnknown(encoding)


def _inflated(pieces: Iterable[memoryview]) -> Iterator[bytes]:
    """Yield what gzip has packed, a piece at a time however well it was packed."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for packed in pieces:
            rest: bytes | memoryview = packed
            while rest:
                yield unpacker.decompress(rest, 1024**2)
                rest = unpacker.unconsumed_tail
    except zlib.error as error:
        raise RequestMalformed("The body is not gzip, whatever its header says.") from error
    if not unpacker.eof or unpacker.unused_data:
        raise RequestMalformed("The body is cut off, or more than one gzip file.")


def _told(error: ValidationError) -> Exception:
    """Return the first problem as an error that names its place."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    text = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "json_invalid":
        return RequestMalformed(f"The body is not JSON in UTF-8: {text.rstrip('.')}.")
    if place.startswith("files") or not place:
        return ManifestInvalid({place or "files": text})
    return RequestInvalid({place: text})
