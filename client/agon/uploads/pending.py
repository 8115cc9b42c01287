"""Uploads that were being handed in when something broke: did the wish get lost, or the answer?"""

import hashlib
import time
from contextlib import suppress
from pathlib import Path

from agon.config import cache_folder
from agon.errors import NotFound
from agon.transport import Transport
from agon.uploads.packs import Content
from agon.uploads.remote import RemoteUpload

_KEPT_SECONDS = 60 * 86_400


class Pending:
    """Remembers the upload of some files to one place until its submission is known.

    Without it, running a command again whose last answer was lost would hand in twice.
    """

    def __init__(self, target: str, content: Content, folder: Path | None = None) -> None:
        name = hashlib.sha256(target.encode())
        for number, file in enumerate(content.tree.files):
            name.update(file.path.encode() + b"\0" + content.digests[number])
        self._path = (folder or cache_folder()) / "pending" / name.hexdigest()[:32]

    def finished(self, transport: Transport) -> str | None:
        """Return the submission that was made when its answer was lost; None when there is none.

        Raises: ClientError.
        """
        try:
            upload = self._path.read_text(encoding="utf-8").strip()
        except OSError:
            return None
        try:
            submission = RemoteUpload(transport, upload).state().submission
        except NotFound:
            submission = None
        if submission:
            self.forget()
        return submission

    def remember(self, upload: str) -> None:
        """Note which upload is about to be handed in."""
        with suppress(OSError):  # without a cache it is only less safe
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(upload, encoding="utf-8")
            for path in self._path.parent.iterdir():
                if path.stat().st_mtime < time.time() - _KEPT_SECONDS:
                    path.unlink(missing_ok=True)

    def forget(self) -> None:
        """The submission is known, or will not be."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
