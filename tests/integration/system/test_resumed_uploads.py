"""Uploads on a real web server that is killed, cut off and started again lose next to nothing."""

import hashlib
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from docs.generator.pages import DOCS
from tests import packing
from tests.integration.system.conftest import MakeSite
from tests.integration.system.servers import end, serve, web_server
from tests.integration.system.site import Site, children_of, kill, wait_for
from tests.unit.docs.reading import fences

LIMITS = {"per_day": 100, "total": 100, "in_flight": 100, "upload": "1 GiB"}
PHASE = "challenges/rain/phases/main"
CHUNK_BYTES = 65_536
MIB = 1024**2


def chunk(number: int) -> bytes:
    """Return a chunk of which every one is different."""
    return hashlib.sha256(f"{number}".encode()).digest() * (CHUNK_BYTES // 32)


def store(chunks: int) -> dict[str, bytes]:
    return {f"rain.zarr/c/{number}": chunk(number) for number in range(chunks)}


def begin(site: Site, files: dict[str, bytes]) -> dict[str, Any]:
    """Begin an upload, or go on with it."""
    body = json.loads(packing.listing(files))
    answer: dict[str, Any] = site.call("POST", f"{PHASE}/uploads", json=body)
    return answer


def send(site: Site, upload: str, contents: list[bytes]) -> dict[str, Any]:
    answer: dict[str, Any] = site.call(
        "POST", f"uploads/{upload}/packs", data=packing.pack(contents)
    )
    return answer


def send_the_beginning(site: Site, upload: str, pack: bytes, part: int) -> socket.socket:
    """Send the head of a pack and so many bytes of it; the connection stays open."""
    address = urlsplit(site.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=30)
    head = (
        f"POST /api/v1/uploads/{upload}/packs HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {site.token}\r\nContent-Length: {len(pack)}\r\n\r\n"
    )
    connection.sendall(head.encode() + pack[:part])
    return connection


def lacking(site: Site, upload: str) -> int:
    return int(site.call("GET", f"uploads/{upload}")["missing_files"])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with web_server(tmp_path, {}, LIMITS) as site:
        site.join("rain", "Owls")
        yield site


@pytest.mark.postgres
def test_an_upload_arrives_and_is_handed_in_on_postgresql(tmp_path: Path, database: str) -> None:
    with web_server(tmp_path, {"AGON_DATABASE_URL": database}, LIMITS) as site:
        site.join("rain", "Owls")
        files = store(300)
        upload = begin(site, files)

        received = send(site, upload["id"], list(files.values()))
        submission = site.call("POST", f"{PHASE}/submissions", json={"upload": upload["id"]})

        assert (received["received"], received["missing_files"]) == (300, 0)
        assert submission["size"] == 300 * CHUNK_BYTES


def test_a_connection_that_is_cut_within_a_frame_keeps_the_whole_ones(site: Site) -> None:
    files = store(100)
    upload = begin(site, files)["id"]
    pack = packing.pack(files.values())

    with send_the_beginning(site, upload, pack, len(pack) // 2):
        pass
    wait_for(lambda: lacking(site, upload) == 50, seconds=30, what="half of the blobs kept")
    again = begin(site, files)

    assert (again["id"], again["missing_files"]) == (upload, 50)


def test_a_server_that_is_killed_within_a_pack_loses_less_than_a_batch(site: Site) -> None:
    files = store(500)
    upload = begin(site, files)["id"]
    pack = packing.pack(files.values())
    assert site.process is not None

    with send_the_beginning(site, upload, pack, 400 * CHUNK_BYTES):
        wait_for(lambda: lacking(site, upload) <= 128, seconds=60, what="most blobs noted")
        for pid in (site.process.pid, *children_of(site.process.pid)):
            kill(pid)
        site.process.wait(10)
    serve(site)
    left = begin(site, files)
    missing = set(site.call("GET", f"uploads/{upload}/missing")["digests"])
    send(site, upload, [c for c in files.values() if packing.digest_of(c) in missing])
    submission = site.call("POST", f"{PHASE}/submissions", json={"upload": upload})

    assert 100 <= left["missing_files"] <= 100 + 8 * MIB // CHUNK_BYTES + 1
    assert submission["size"] == 500 * CHUNK_BYTES


def test_a_server_that_ends_in_good_order_keeps_half_a_large_file(site: Site) -> None:
    large = b"".join(chunk(number) for number in range(200))
    upload = begin(site, {"large.npy": large})["id"]
    address = f"uploads/{upload}/blobs/{packing.digest_of(large)}"

    site.call("PUT", f"{address}?offset=0", data=large[: 8 * MIB])
    end(site)
    serve(site)
    partial = site.call("GET", f"uploads/{upload}/missing")["partial"]
    received = site.call("PUT", f"{address}?offset={8 * MIB}", data=large[8 * MIB :])

    assert partial == {packing.digest_of(large): 8 * MIB}
    assert received == {"received": len(large)}
    assert lacking(site, upload) == 0


def test_a_refusal_reaches_who_is_still_sending(site: Site) -> None:
    files = store(100)
    upload = begin(site, files)["id"]
    body = packing.frame(b"nobody asked for it") + packing.pack(files.values())

    answer = requests.post(
        f"{site.url}/api/v1/uploads/{upload}/packs",
        data=body,
        headers={"Authorization": f"Bearer {site.token}"},
        timeout=30,
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "blob-mismatch")
    assert lacking(site, upload) == 100


def test_thousands_of_files_take_little_memory(site: Site) -> None:
    files = store(3000)
    send(site, begin(site, store(2))["id"], [chunk(0), chunk(1)])  # what is loaded once stays
    before = memory_bytes(site)
    upload = begin(site, files)["id"]
    contents, grown = list(files.values()), []

    for first in range(0, 3000, 500):
        send(site, upload, contents[first : first + 500])
        grown.append(memory_bytes(site) - before)
    site.call("POST", f"{PHASE}/submissions", json={"upload": upload})

    assert lacking(site, upload) == 0
    assert max(*grown, memory_bytes(site) - before) < 64 * MIB


def memory_bytes(site: Site) -> int:
    """Return how much memory the web server's processes have for themselves."""
    assert site.process is not None
    pids = [site.process.pid, *children_of(site.process.pid)]
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    lines = [line for text in texts for line in text.splitlines() if line.startswith("Private_")]
    return sum(int(line.split()[1]) * 1024 for line in lines)


def test_the_program_of_the_documentation_hands_a_store_in(site: Site, tmp_path: Path) -> None:
    for number in range(300):
        file = tmp_path / "case-01.zarr" / "c" / f"{number}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(chunk(number))
    program = fences(DOCS / "participate" / "uploads.md", "python")[0]

    done = subprocess.run(
        [sys.executable, "-c", program.replace("challenges/cells", "challenges/rain")],
        cwd=tmp_path,
        env={"AGON_SITE": site.url, "AGON_TOKEN": site.token},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    [submission] = site.call("GET", "challenges/rain/submissions")["submissions"]
    assert done.stdout.strip() == f"/api/v1/submissions/{submission['id']}"
    assert submission["size"] == 300 * CHUNK_BYTES


@pytest.mark.bubblewrap
def test_a_folder_that_came_in_packs_is_scored(
    make_site: MakeSite, embedded: dict[str, str]
) -> None:
    site = make_site(embedded)
    files = {"wish.json": b'{"seconds": 0, "accuracy": 0.75}', "notes/why.txt": b"because"}
    upload = begin(site, files)["id"]

    send(site, upload, list(files.values()))
    submission = site.call("POST", f"{PHASE}/submissions", json={"upload": upload})["id"]

    assert site.wait_until(submission, "scored", "failed", "rejected")["scores"] == {
        "accuracy": 0.75
    }
