"""Downloads of public files: nothing else is served, parts and repeats are cheap."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 40
FILES = {
    "public/data.bin": CONTENT,
    "public/a/map.png": b"\x89PNG",
    "public/page.html": b"<script>alert(1)</script>",
    "public/drawing.svg": b"<svg onload='alert(1)'/>",
    "public/empty.txt": b"",
    "public/odd, näme; x.csv": b"1",
}
BIN = "/challenges/rain/files/data.bin"
ETAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'


@pytest.fixture
def client(tmp_path: Path) -> Client:
    factories.make_challenge(tmp_path, None, FILES)
    return Client()


def fetch(
    client: Client, path: str, **headers: str
) -> tuple[Any, bytes]:  # the test client's own kind of response
    """Return an answer and its body, read and closed as a server does."""
    response = client.get(path, headers={n.replace("_", "-"): v for n, v in headers.items()})
    content = b"".join(response) if response.streaming else response.content
    response.close()
    return response, content


def test_a_file_comes_whole_as_an_attachment_with_its_digest(client: Client) -> None:
    response, content = fetch(client, BIN)

    assert content == CONTENT
    assert response.headers["Content-Length"] == str(len(CONTENT))
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"] == 'attachment; filename="data.bin"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["ETag"] == ETAG


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "data.bin"])
def test_what_could_run_is_never_shown_in_the_browser(client: Client, name: str) -> None:
    response, _ = fetch(client, f"/challenges/rain/files/{name}")

    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_pictures_are_shown(client: Client) -> None:
    response, _ = fetch(client, "/challenges/rain/files/a/map.png")

    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Disposition"] == 'inline; filename="map.png"'


def test_odd_names_are_quoted(client: Client) -> None:
    response, _ = fetch(client, "/challenges/rain/files/odd, näme; x.csv")

    assert response.status_code == 200
    assert "filename*=utf-8''odd%2C%20n%C3%A4me%3B%20x.csv" in response["Content-Disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "../truth/rain.csv",
        "truth/rain.csv",
        "..%2Ftruth%2Frain.csv",
        "public/data.bin",
        "../challenge.yaml",
        "challenge.yaml",
        "/etc/passwd",
        "data.bin/",
        "DATA.BIN",
        "../pages/overview.md",
        "data.bin%00.png",
    ],
)
def test_nothing_but_public_files_has_an_address(client: Client, path: str) -> None:
    assert client.get(f"/challenges/rain/files/{path}").status_code == 404


def test_what_the_browser_has_already_is_not_sent_again(client: Client) -> None:
    response, content = fetch(client, BIN, if_none_match=f'"other", {ETAG}')

    assert response.status_code == 304
    assert response.headers["ETag"] == ETAG
    assert content == b""


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(CONTENT) - 1),
        ("bytes=-50", len(CONTENT) - 50, len(CONTENT) - 1),
        ("bytes=10000-99999999", 10000, len(CONTENT) - 1),
        ("bytes=-99999999", 0, len(CONTENT) - 1),
    ],
)
def test_a_part_can_be_had(client: Client, wanted: str, start: int, end: int) -> None:
    response, content = fetch(client, BIN, range=wanted)

    assert response.status_code == 206
    assert content == CONTENT[start : end + 1]
    assert response.headers["Content-Range"] == f"bytes {start}-{end}/{len(CONTENT)}"
    assert response.headers["Content-Length"] == str(end - start + 1)


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=50-10", "bytes=-0"])
def test_a_part_that_is_not_there_is_416(client: Client, wanted: str) -> None:
    response, _ = fetch(client, BIN, range=wanted)

    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=a-b"])
def test_ranges_that_mean_nothing_here_get_the_whole(client: Client, wanted: str) -> None:
    response, content = fetch(client, BIN, range=wanted)

    assert response.status_code == 200
    assert content == CONTENT


def test_a_part_of_another_state_gets_the_whole(client: Client) -> None:
    response, content = fetch(client, BIN, range="bytes=0-9", if_range='"old"')

    assert response.status_code == 200
    assert content == CONTENT


def test_an_empty_file_is_empty(client: Client) -> None:
    _, content = fetch(client, "/challenges/rain/files/empty.txt")

    assert content == b""


def test_asking_for_the_head_sends_no_body(client: Client) -> None:
    response = client.head(BIN)
    response.close()

    assert response.headers["Content-Length"] == str(len(CONTENT))


def test_files_cannot_be_posted_to(client: Client) -> None:
    assert client.post(BIN).status_code == 405
