"""Reads the form of an upload: its file streams into the blob store, its length is held to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from challenges.errors import UploadEmpty
from web.api.errors import LengthRequired, RequestInvalid, RequestMalformed
from web.uploads import StoredFile
from web.wholeform import WholeForm

FIELD = "file"


@dataclass(frozen=True)
class Form:
    """The fields of a form and its one file, which is forgotten when closed before `upload`."""

    fields: QueryDict
    file: StoredFile


def read_form(request: HttpRequest, *, limit_bytes: int) -> Form:
    """Return the form of a request whose body has not been looked at.

    Raises: LengthRequired, RequestMalformed, UploadTooLarge, UploadCutOff, UploadEmpty,
    RequestInvalid; nothing of the file is left then.
    """
    # Without a length Django would take the body for empty, whatever comes.
    if not request.headers.get("Content-Length"):
        raise LengthRequired
    if request.content_type != "multipart/form-data":
        raise RequestMalformed("Send a form of type multipart/form-data with the field 'file'.")
    request.upload_handlers = [WholeForm(request, limit_bytes)]
    fields, files = request.POST, request.FILES
    return Form(fields, _only_file(files.getlist(FIELD), len(files)))


def _only_file(files: Sequence[object], fields: int) -> StoredFile:
    if not files:
        raise UploadEmpty
    if len(files) > 1 or fields > 1:
        raise RequestInvalid({FIELD: "send one file; put several into an archive"})
    (file,) = files
    if not isinstance(file, StoredFile) or file.size == 0:
        raise UploadEmpty
    return file
