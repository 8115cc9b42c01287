"""Lists of files that cannot be taken: each is refused with a sentence, and nothing is kept."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from challenges.models import Phase, Upload
from tests import packing
from tests.unit.web.api.conftest import error_of
from tests.unit.web.api.uploading import announce

pytestmark = pytest.mark.django_db

MIB = 1024**2
DIGEST = packing.digest_of(b"rain")


def listing(*paths: str, name: str = "rain.zarr", **changes: Any) -> bytes:
    """Return a list of files of four bytes each."""
    files = [{"path": path, "size": 4, "sha256": DIGEST} | changes for path in paths]
    return json.dumps({"name": name, "files": files}).encode()


def refused(client: Client, body: bytes, **headers: str) -> tuple[int, str, dict[str, Any]]:
    """Return status, code and the whole error of an answer."""
    response = announce(client, body, **headers)
    error = error_of(response)
    assert not Upload.objects.exists()
    return response.status_code, error["code"], error


@pytest.mark.parametrize(
    "path",
    [
        "../truth.csv",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "a/./b",
        "",
        "a\\b",
        "a\nb",
        "C:/x",
        "a/b/",
        "cafe\u0301",
        "x" * 1025,
        "a\0b",
    ],
)
def test_a_path_that_leaves_its_folder_or_is_none_is_refused(grace: Client, path: str) -> None:
    status, code, error = refused(grace, listing("good/0", path))

    assert (status, code) == (422, "manifest-invalid")
    assert list(error["details"]) == ["files.1.path"]
    assert "files.1.path" in error["message"]


def test_a_path_of_a_kibibyte_is_fine(grace: Client) -> None:
    assert announce(grace, listing("x" * 1024)).status_code == 201


@pytest.mark.parametrize("paths", [("c/0", "c/0"), ("c/0", "C/0"), ("straße", "STRASSE")])
def test_two_paths_that_some_computers_take_for_one_are_refused(
    grace: Client, paths: tuple[str, str]
) -> None:
    status, code, error = refused(grace, listing(*paths))

    assert (status, code) == (422, "manifest-invalid")
    assert "one name on some computers" in error["message"]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"size": -1}, "files.0.size"),
        ({"size": 1.5}, "files.0.size"),
        ({"size": "many"}, "files.0.size"),
        ({"sha256": DIGEST.upper()}, "files.0.sha256"),
        ({"sha256": DIGEST[:-1]}, "files.0.sha256"),
        ({"mode": "0777"}, "files.0.mode"),
    ],
)
def test_a_field_that_means_nothing_is_named(
    grace: Client, changes: dict[str, Any], place: str
) -> None:
    status, code, error = refused(grace, listing("c/0", **changes))

    assert (status, code) == (422, "manifest-invalid")
    assert list(error["details"]) == [place]


def test_sizes_that_no_database_holds_are_over_the_limit(grace: Client) -> None:
    assert refused(grace, listing("c/0", size=2**63))[:2] == (413, "upload-too-large")


@pytest.mark.parametrize(
    "body", [b" ", b"{", b"[]", b"null", b"7", b'"files"', b"{}", b'{"name": "a"}', b"\xff\xfe"]
)
def test_what_is_no_list_of_files_is_refused(grace: Client, body: bytes) -> None:
    status, code, _ = refused(grace, body)

    assert status in {400, 422}
    assert code in {"request-malformed", "manifest-invalid", "request-invalid"}


@pytest.mark.parametrize("letter", [b"\xe9", b"\\ud800", b"\xed\xa0\x80"])
def test_a_path_that_is_not_utf8_is_refused(grace: Client, letter: bytes) -> None:
    body = listing("caf@").replace(b"@", letter)

    status, code, error = refused(grace, body)

    assert (status, code) == (400, "request-malformed")
    assert "UTF-8" in error["message"]


@pytest.mark.parametrize("name", ["", "a/b", "x" * 256, "a\u0007b"])
def test_a_name_that_is_no_file_name_is_refused(grace: Client, name: str) -> None:
    status, code, _ = refused(grace, listing("c/0", name=name))

    assert status == 422
    assert code in {"request-invalid", "upload-name-invalid"}


def test_a_million_files_are_refused_before_all_of_them_are_read(grace: Client) -> None:
    entry = b'{"path":"a","size":1,"sha256":"%s"}' % DIGEST.encode()
    body = b'{"name":"a","files":[' + b",".join([entry] * 1_000_000) + b"]}"
    packed = gzip.compress(body, 1)

    status, code, error = refused(grace, packed, content_encoding="gzip")

    assert (status, code) == (413, "too-many-files")
    assert "200,000 files" in error["message"]


def test_a_few_files_too_many_are_refused(grace: Client) -> None:
    entries = [{"path": f"c/{n}", "size": 1, "sha256": DIGEST} for n in range(200_001)]
    body = json.dumps({"name": "a", "files": entries}).encode()

    assert refused(grace, body)[:2] == (413, "too-many-files")


def test_a_list_packed_with_gzip_is_taken(grace: Client) -> None:
    packed = gzip.compress(packing.listing())

    assert announce(grace, packed, content_encoding="gzip").status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        packing.listing(),
        gzip.compress(packing.listing())[:-4],
        gzip.compress(packing.listing()) + b"more",
        gzip.compress(packing.listing())[:20] + b"damage",
    ],
)
def test_a_list_that_is_not_the_gzip_it_says_is_refused(grace: Client, body: bytes) -> None:
    assert refused(grace, body, content_encoding="gzip")[:2] == (400, "request-malformed")


def test_gzip_that_unpacks_to_far_more_is_refused(grace: Client) -> None:
    bomb = gzip.compress(b"[" * (80 * MIB), 1)

    assert refused(grace, bomb, content_encoding="gzip")[:2] == (413, "body-too-large")


def test_other_packings_are_not_taken(grace: Client) -> None:
    answer = refused(grace, packing.listing(), content_encoding="br")

    assert answer[:2] == (415, "encoding-unknown")


@pytest.mark.parametrize("upload", ["1 MiB"])
def test_files_over_the_limit_of_the_phase_are_refused(grace: Client, upload: str) -> None:
    status, code, error = refused(grace, listing("c/0", size=MIB + 1))

    assert (status, code) == (413, "upload-too-large")
    assert upload.replace(" ", " ") in error["message"]


def test_a_closed_phase_is_told_before_the_list_is_read(grace: Client, phase: Phase) -> None:
    Phase.objects.filter(pk=phase.pk).update(closes_at="2026-02-01T00:00:00Z")

    assert refused(grace, b"no list at all")[:2] == (403, "phase-closed")


def test_a_refusal_leaves_nothing_in_the_store(grace: Client, blobs: Path) -> None:
    refused(grace, listing("../truth.csv"))

    assert [path for path in blobs.rglob("*") if path.is_file()] == []
