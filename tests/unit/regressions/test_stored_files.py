"""Uploads lie inside the store and nowhere else, can be read in a sandbox, and cost no memory."""

import gc
import os
import stat
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from challenges.models import Membership, Submission
from challenges.services.tokens import create_token
from evaluator.blobs import LocalBlobs, open_store

MIB = 1024**2
HEAD = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="rain.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\n"
)
END = b"\r\n--b--\r\n"
PIECE_BYTES = MIB // 16
UPLOAD_BYTES = 48 * MIB
PEAK_BYTES = 4 * MIB


@pytest.mark.parametrize("slash", ["", "/"])
def test_files_are_written_inside_the_store_whatever_its_address_ends_with(
    tmp_path: Path, slash: str
) -> None:
    store = open_store((tmp_path / "uploads").as_uri() + slash)

    store.put([b"rain"])
    with store.writer() as writer:
        writer.write(b"cut off")
        beside = [path.name for path in tmp_path.iterdir()]

    assert beside == ["uploads"]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_a_stored_file_can_be_read_by_any_user_and_written_by_none(
    tmp_path: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        store = LocalBlobs(tmp_path / "uploads")
        digest, _ = store.put([b"rain"])
    finally:
        os.umask(before)

    assert stat.S_IMODE(store.local_path(digest).stat().st_mode) == 0o444
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700  # only sandboxes see inside


class Upload:
    """A large body that is made while it is read."""

    def __init__(self, size: int) -> None:
        self._pieces = self._body(size)
        self._rest = b""

    @staticmethod
    def _body(size: int) -> Iterator[bytes]:
        yield HEAD
        for _ in range(size // PIECE_BYTES):
            yield b"1,0\n" * (PIECE_BYTES // 4)
        yield END

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, as a connection does."""
        assert size > 0, "the whole upload was asked for at once"
        while len(self._rest) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._rest += piece
        data, self._rest = self._rest[:size], self._rest[size:]
        return data

    def readline(self, size: int = -1) -> bytes:
        """Never called: a form is read in pieces."""
        raise AssertionError(size)


def open_files() -> int:
    """Return how many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def hand_in(size: int, token: str) -> int:
    """Send an upload to the site and return the status of its answer."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/challenges/rain/phases/main/submissions",
        "wsgi.input": Upload(size),
        "CONTENT_TYPE": "multipart/form-data; boundary=b",
        "CONTENT_LENGTH": str(len(HEAD) + size + len(END)),
        "HTTP_AUTHORIZATION": f"Bearer {token}",
    }
    return Client().request(**environ).status_code


@pytest.mark.django_db
def test_a_large_upload_takes_little_memory_and_leaves_no_file_open(
    grace: Membership, settings: Settings, tmp_path: Path
) -> None:
    settings.AGON_BLOBS = (tmp_path / "blobs").as_uri()
    phase = grace.challenge.phases.get()
    phase.config_json = phase.config_json.replace('"upload":1048576', f'"upload":{100 * MIB}')
    phase.save(update_fields=["config_json"])
    token = create_token(user=grace.user, name="laptop")
    hand_in(MIB, token)  # whatever the first request loads stays
    gc.collect()
    files_before = open_files()

    tracemalloc.start()
    status = hand_in(UPLOAD_BYTES, token)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert status == 201
    assert Submission.objects.latest("submitted_at").size_bytes == UPLOAD_BYTES
    assert peak_bytes < PEAK_BYTES
    assert open_files() <= files_before
