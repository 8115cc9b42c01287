"""What clients send to upload: lists of files, packs, and an upload that has begun."""

import hashlib
import json
import struct
from collections.abc import Iterable, Mapping

from challenges.models import Phase, Team, Upload, User
from challenges.services.receiving import Receiver
from challenges.services.uploads import Announced, begin
from evaluator.manifests import FileEntry, Manifest

STORE: Mapping[str, bytes] = {
    "rain.zarr/zarr.json": b"{}",
    "rain.zarr/c/0": b"chunk zero",
    "rain.zarr/c/1": b"chunk one",
}


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def manifest_of(files: Mapping[str, bytes]) -> Manifest:
    """Return the list of files."""
    return Manifest(
        files=tuple(
            FileEntry(path=path, size=len(content), sha256=digest_of(content))
            for path, content in sorted(files.items())
        )
    )


def listing(files: Mapping[str, bytes] = STORE, name: str = "rain.zarr") -> bytes:
    """Return the body of the request that begins an upload."""
    entries = [entry.model_dump() for entry in manifest_of(files).files]
    return json.dumps({"name": name, "files": entries}).encode()


def frame(content: bytes) -> bytes:
    """Return a blob as it lies in a pack."""
    return struct.pack("<32sQ", hashlib.sha256(content).digest(), len(content)) + content


def pack(contents: Iterable[bytes] = STORE.values()) -> bytes:
    """Return a pack of blobs."""
    return b"".join(frame(content) for content in contents)


def begun(
    team: Team, phase: Phase, files: Mapping[str, bytes] = STORE, user: User | None = None
) -> Upload:
    """Return an upload of which nothing has come."""
    announced = Announced("rain.zarr", manifest_of(files))
    return begin(team=team, phase=phase, user=user, announced=announced)[0]


def send(upload: Upload, *contents: bytes) -> None:
    """Store blobs of an upload, as a pack does."""
    with Receiver(upload) as receiver:
        for content in contents:
            digest = hashlib.sha256(content).digest()
            receiver.keep(digest, len(content), [memoryview(content)])
