"""Uploads over a real connection that break off, lie about their length, or never say it."""

import json
import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from challenges.models import Phase, User
from challenges.services.tokens import create_token
from tests import factories
from tests.unit.web.api.conftest import SUBMISSIONS, assert_nothing_is_left

pytestmark = pytest.mark.django_db(transaction=True)

MIB = 1024**2
FILE = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="rain.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\n"
)
END = b"\r\n--b--\r\n"


class Connection:
    """Speaks HTTP by hand, so that it can do what clients never should."""

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=20)
        self._token = token

    def begin(self, **headers: str) -> None:
        """Send the head of an upload."""
        lines = [
            f"POST {SUBMISSIONS} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {self._token}",
            "Content-Type: multipart/form-data; boundary=b",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def send(self, data: bytes) -> None:
        """Send a piece of the body."""
        self._socket.sendall(data)

    def cut(self) -> None:
        """Send nothing more."""
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Return status and JSON of the answer."""
        head, _, body = b"".join(self._read()).partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body[: length_in(head) or None])

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _read(self) -> Iterator[bytes]:
        received = b""
        while True:
            piece = self._socket.recv(65536)
            yield piece
            received += piece
            head, _, body = received.partition(b"\r\n\r\n")
            if not piece or (length_in(head) and len(body) >= length_in(head)):
                return


def length_in(head: bytes) -> int:
    """Return the declared length of an answer's body, 0 when it is not known yet."""
    match = re.search(rb"\r\nContent-Length: (\d+)", head)
    return int(match[1]) if match else 0


@pytest.fixture
def connection(live_server: LiveServer, member: User, blobs: Path) -> Iterator[Connection]:  # noqa: ARG001 - as above
    connection = Connection(live_server.url, create_token(user=member, name="raw"))
    yield connection
    connection.close()


def wait_for_the_file(blobs: Path) -> None:
    """Return once the site has begun to store the upload."""
    deadline = time.monotonic() + 20
    while not list((blobs / "incoming").glob("*")):
        assert time.monotonic() < deadline, "the site has not begun to store the upload"
        time.sleep(0.01)


def test_a_whole_upload_is_taken(connection: Connection) -> None:
    body = FILE + factories.TRUTH + END

    connection.begin(Content_Length=str(len(body)))
    connection.send(body)
    status, created = connection.answer()

    assert (status, created["status"]) == (201, "queued")


@pytest.mark.parametrize("sent", [len(FILE) // 2, len(FILE), len(FILE) + 200_000])
def test_an_upload_cut_off_within_its_file_leaves_nothing(
    connection: Connection, blobs: Path, sent: int
) -> None:
    body = FILE + b"1,0\n" * 100_000 + END

    connection.begin(Content_Length=str(len(body)))
    connection.send(body[:sent])
    connection.cut()
    status, error = connection.answer()

    assert (status, error["code"]) == (400, "upload-cut-off")
    assert_nothing_is_left(blobs)


def test_an_upload_cut_off_after_its_file_leaves_nothing(
    connection: Connection, blobs: Path
) -> None:
    method = b'\r\n--b\r\nContent-Disposition: form-data; name="method"\r\n\r\ntrees'
    body = FILE + factories.TRUTH + method + END

    connection.begin(Content_Length=str(len(body)))
    connection.send(body[: -len(END) - 2])
    connection.cut()
    status, error = connection.answer()

    assert (status, error["code"]) == (400, "upload-cut-off")
    assert_nothing_is_left(blobs)


def test_a_declared_length_over_the_limit_is_refused_before_the_body_is_sent(
    connection: Connection, blobs: Path
) -> None:
    connection.begin(Content_Length=str(10 * 1024 * MIB))

    status, error = connection.answer()

    assert (status, error["code"]) == (413, "upload-too-large")
    assert_nothing_is_left(blobs)


def test_a_closed_phase_is_told_before_the_body_is_sent(
    connection: Connection, phase: Phase, blobs: Path
) -> None:
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now() - timedelta(seconds=1))

    connection.begin(Content_Length="500000")
    status, error = connection.answer()

    assert (status, error["code"]) == (403, "phase-closed")
    assert_nothing_is_left(blobs)


def test_an_upload_without_a_length_is_refused(connection: Connection, blobs: Path) -> None:
    connection.begin(Transfer_Encoding="chunked")

    status, error = connection.answer()

    assert (status, error["code"]) == (411, "length-required")
    assert_nothing_is_left(blobs)


def test_a_body_longer_than_declared_is_not_read_to_its_end(
    connection: Connection, blobs: Path
) -> None:
    connection.begin(Content_Length=str(len(FILE) + 4))
    connection.send(FILE + b"1,0\n" * 1000 + END)
    status, error = connection.answer()

    assert status == 422
    assert error["code"] == "upload-empty"
    assert_nothing_is_left(blobs)


def test_a_phase_that_closes_while_the_file_comes_takes_nothing(
    connection: Connection, phase: Phase, blobs: Path
) -> None:
    body = FILE + b"1,0\n" * 50_000 + END

    connection.begin(Content_Length=str(len(body)))
    connection.send(body[:-1])
    wait_for_the_file(blobs)
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now())
    connection.send(body[-1:])
    status, error = connection.answer()

    assert (status, error["code"]) == (403, "phase-closed")
    assert_nothing_is_left(blobs)
