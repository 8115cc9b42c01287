"""From a path on this machine to a submission: hash, announce, send what is missing, hand in."""

import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agon.answers import Json
from agon.errors import Refused, UploadUnfit
from agon.models import UploadState
from agon.progress import Progress
from agon.reading import read
from agon.transport import Request, Transport, api_path, below, new_key
from agon.units import size
from agon.uploads.hash_cache import HashCache
from agon.uploads.hashing import hash_files
from agon.uploads.packs import Content
from agon.uploads.pending import Pending
from agon.uploads.remote import RemoteUpload
from agon.uploads.sending import CONNECTIONS, Sender
from agon.uploads.walking import LocalTree, find_files

_INCOMPLETE = "upload-incomplete"
_LARGE_BYTES = 64 * 1024**2  # takes a while to read, so that a refusal is better told before
_ENTRIES = 1000  # of the list of files, made at once
_ROUNDS = 3  # a site that loses what it has confirmed will not stop doing so


@dataclass(frozen=True)
class Details:
    """What is said with a submission."""

    method: str = ""
    description: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """The phase that a submission goes to, and the most that it takes."""

    challenge: str
    phase: str
    limit_bytes: int

    @property
    def path(self) -> str:
        """Its path below the API."""
        return below("challenges", self.challenge, "phases", self.phase)


@dataclass(frozen=True)
class Manner:
    """How to send."""

    progress: Progress = field(default_factory=Progress)
    connections: int = CONNECTIONS
    rehash: bool = False


class HandingIn:
    """Makes submissions to one phase."""

    def __init__(self, transport: Transport, target: Target, manner: Manner) -> None:
        self._transport = transport
        self._target = target
        self._manner = manner

    def submit(self, path: Path, details: Details) -> Json:
        """Return what the site says of the submission made of what lies at `path`.

        Run again after anything went wrong, it goes on where it was. Raises: ClientError.
        """
        tree = find_files(path)
        self._check_early(tree)
        cache = HashCache(tree)
        if self._manner.rehash:
            cache.drop()
        content = Content(tree, hash_files(tree, cache, self._manner.progress))
        pending = Pending(f"{self._transport.site} {self._target.path}", content)
        try:
            done = pending.finished(self._transport)
            if done is not None:
                return self._transport.get(below("submissions", done))
            return self._send(content, details, pending)
        except UploadUnfit:
            cache.drop()  # what it said of some file was not true
            raise

    def _check_early(self, tree: LocalTree) -> None:
        """Let an upload pass that may be handed in, as far as is known yet. Raises: ClientError."""
        whole, limit = tree.size, self._target.limit_bytes
        if whole > limit:
            raise Refused(
                f"The upload has {size(whole)}, and this phase takes at most {size(limit)}.",
                code="upload-too-large",
            )
        if whole < _LARGE_BYTES:
            return
        refusal = self._transport.get(f"{self._target.path}/quota").get("refusal")
        if refusal is not None:
            raise Refused(refusal["message"], code=refusal["code"])

    def _send(self, content: Content, details: Details, pending: Pending) -> Json:
        state = self._announce(content)
        pending.remember(state.id)
        for last in range(_ROUNDS):
            if state.missing_files:
                sender = Sender(self._transport, state, content, self._manner.progress)
                sender.send(self._manner.connections)
            try:
                submission = self._finish(state, details)
            except Refused as error:
                if error.code != _INCOMPLETE or last == _ROUNDS - 1:
                    raise
                state = RemoteUpload(self._transport, state.id).state()
            else:
                break
        pending.forget()
        return submission

    def _announce(self, content: Content) -> UploadState:
        headers = {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Idempotency-Key": new_key(),
        }
        path = api_path(f"{self._target.path}/uploads")
        answer = self._transport.call(Request("POST", path, manifest_body(content), headers))
        return read(UploadState, answer.json())

    def _finish(self, state: UploadState, details: Details) -> Json:
        self._manner.progress.say("Handing in")
        document = {
            "upload": state.id,
            "method": details.method,
            "description": details.description,
            "metadata": details.metadata,
        }
        return self._transport.post(f"{self._target.path}/submissions", document)


def manifest_body(content: Content) -> bytes:
    """Return the list of files as gzipped JSON; it is made bit by bit, as it can be long."""
    packer = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
    out = bytearray()
    comma = f'{{"name":{json.dumps(content.tree.name)},"files":['
    for first in range(0, len(content.tree.files), _ENTRIES):
        files = enumerate(content.tree.files[first : first + _ENTRIES], first)
        # No path holds what JSON would have to escape: such files are not taken.
        entries = (
            f'{{"path":"{file.path}","size":{file.size},"sha256":"{content.digests[n].hex()}"}}'
            for n, file in files
        )
        out += packer.compress(f"{comma}{','.join(entries)}".encode())
        comma = ","
    out += packer.compress(b"]}") + packer.flush()
    return bytes(out)
