"""Packs and parts over a real connection that breaks off: what came whole is kept."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from challenges.blobs import site_blobs
from challenges.models import Phase, Team, Upload, User
from challenges.selectors.uploads import missing
from challenges.services.tokens import create_token
from evaluator.partial_blobs import sizes_of
from tests import packing

pytestmark = pytest.mark.django_db(transaction=True)

LARGE = b"0123456789" * 50_000
FILES = {"large.npy": LARGE, "a": b"first", "b": b"second"}

Cut = Callable[[str, bytes, int], None]


@pytest.fixture
def upload(team: Team, phase: Phase, blobs: Path) -> Upload:  # noqa: ARG001 - an empty store
    return packing.begun(team, phase, FILES)


@pytest.fixture
def send_and_cut(live_server: LiveServer, member: User, upload: Upload) -> Cut:
    """Return a function that sends the beginning of a body and hangs up."""
    address, token = urlsplit(live_server.url), create_token(user=member, name="raw")

    def send(line: str, body: bytes, length: int) -> None:
        head = [
            line.replace("UPLOAD", f"/api/v1/uploads/{upload.pk}") + " HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {token}",
            "Content-Type: application/octet-stream",
            f"Content-Length: {length}",
        ]
        with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
            connection.sendall("\r\n".join([*head, "", ""]).encode() + body)

    return send


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("cut", [1, 7, 20, 200_000])
def test_whole_frames_of_a_pack_that_breaks_off_are_kept(
    send_and_cut: Cut, upload: Upload, cut: int
) -> None:
    pack = packing.pack([b"first", b"second", LARGE])

    send_and_cut("POST UPLOAD/packs", pack[:-cut], len(pack))
    wait_until(lambda: missing(upload).files == 1)

    left = list(upload.missing.values_list("sha256", flat=True))
    assert left == [packing.digest_of(LARGE)]
    wait_until(lambda: not [p for p in site_blobs().temporary.iterdir() if p.is_file()])


def test_what_came_of_a_part_that_breaks_off_is_kept(
    send_and_cut: Cut, upload: Upload, team: Team
) -> None:
    digest = packing.digest_of(LARGE)

    send_and_cut(f"PUT UPLOAD/blobs/{digest}?offset=0", LARGE[:300_000], len(LARGE))
    wait_until(lambda: sizes_of(site_blobs(), str(team.pk)) == {digest: 300_000})

    partial = site_blobs().partials / str(team.pk) / digest
    assert partial.read_bytes() == LARGE[:300_000]
    assert missing(upload).files == 3
