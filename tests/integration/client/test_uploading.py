"""Uploads reach a real site over bad lines, go on where they were, and send nothing twice."""

import hashlib
import os
import signal
import time
import uuid
from pathlib import Path

import pytest

from agon.exits import Exit
from tests.integration.client.conftest import Computer, prepare, web_server
from tests.integration.client.line import Line, line_to
from tests.integration.system.site import Site, wait_for

MIB = 1024**2


def many_files(folder: Path, count: int = 400, size: int = 8192) -> Path:
    """Write a store of random chunks, new in each test."""
    chunks = folder / "big.zarr" / "c"
    chunks.mkdir(parents=True)
    (folder / "big.zarr" / "zarr.json").write_text(f'{{"of": "{uuid.uuid4()}"}}')
    for number in range(count):
        (chunks / str(number)).write_bytes(os.urandom(size))
    age(folder)
    return folder / "big.zarr"


def age(folder: Path) -> None:
    """Let files look as if they had not been written to a moment ago."""
    hour_ago = time.time() - 3600
    for path in folder.rglob("*"):
        os.utime(path, (hour_ago, hour_ago))


def handed_in(site: Site, submission: str) -> dict[str, str]:
    """Return what a site has of a submission: digests by path."""
    files = site.call("GET", f"submissions/{submission}/files?limit=10000")["files"]
    return {file["path"]: file["sha256"] for file in files}


def digests_of(store: Path) -> dict[str, str]:
    files = (path for path in store.rglob("*") if path.is_file())
    return {
        path.relative_to(store.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def submit(computer: Computer, path: Path, *more: str) -> str:
    """Hand in and return the submission's id."""
    return computer.agon("submit", str(path), "-c", "files", *more).strip()


def test_a_folder_arrives_as_it_is(far: Computer, receiving: Site, tmp_path: Path) -> None:
    store = many_files(tmp_path)
    (store / "empty").write_bytes(b"")
    (store / "same").write_bytes((store / "c" / "1").read_bytes())

    submission = submit(far, store)

    assert handed_in(receiving, submission) == digests_of(store)


def test_the_second_time_only_what_is_new_is_sent(
    far: Computer, line: Line, receiving: Site, tmp_path: Path
) -> None:
    store = many_files(tmp_path)
    submit(far, store)
    first, line.sent = line.sent, 0
    for number in (3, 77, 200, 399):
        (store / "c" / str(number)).write_bytes(os.urandom(8192))

    submission = submit(far, store)

    assert handed_in(receiving, submission) == digests_of(store)
    assert line.sent < first * 0.03


def test_connections_that_are_cut_cost_no_more_than_what_was_under_way(
    far: Computer, line: Line, receiving: Site, tmp_path: Path
) -> None:
    store = many_files(tmp_path)
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    line.cut_after = 300_000

    submission = submit(far, store)

    assert handed_in(receiving, submission) == digests_of(store)
    assert line.connections > 10
    assert line.sent < size * 1.25


def test_a_large_file_goes_on_within_itself(
    far: Computer, line: Line, receiving: Site, tmp_path: Path
) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(20 * MIB))
    line.cut_after = 5 * MIB

    submission = submit(far, large)

    digest = hashlib.sha256(large.read_bytes()).hexdigest()
    assert handed_in(receiving, submission) == {"large.bin": digest}
    assert line.sent < 22 * MIB


def test_a_slow_line_is_no_trouble(
    far: Computer, line: Line, receiving: Site, tmp_path: Path
) -> None:
    store = many_files(tmp_path, count=40)
    line.delay_seconds = 0.05

    assert handed_in(receiving, submit(far, store)) == digests_of(store)


def test_a_line_that_is_down_for_a_while_is_waited_for(
    far: Computer, line: Line, receiving: Site, tmp_path: Path
) -> None:
    store = many_files(tmp_path)
    line.delay_seconds = 0.02
    process = far.start("submit", str(store), "-c", "files")
    wait_for(lambda: line.sent > MIB, seconds=60, what="the first megabyte")

    line.is_down = True
    time.sleep(2)
    line.is_down, line.delay_seconds = False, 0.0

    out, err = process.communicate(timeout=120)
    assert (process.returncode, "Trying again" in err) == (0, True), err
    assert handed_in(receiving, out.strip()) == digests_of(store)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_command_that_was_ended_half_way_goes_on(
    far: Computer, line: Line, receiving: Site, tmp_path: Path, number: signal.Signals
) -> None:
    store = many_files(tmp_path, count=800)
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    line.delay_seconds = 0.01
    process = far.start("submit", str(store), "-c", "files", "--connections", "2")
    wait_for(lambda: line.sent > size / 2, seconds=60, what="half of the upload")
    process.send_signal(number)
    process.communicate(timeout=30)
    line.delay_seconds = 0.0

    submission = submit(far, store)

    assert process.returncode in {-signal.SIGKILL, Exit.INTERRUPTED}
    assert handed_in(receiving, submission) == digests_of(store)
    assert line.sent < size * 1.1


def test_an_answer_that_is_lost_hands_nothing_in_twice(
    far: Computer, line: Line, receiving: Site, tmp_path: Path
) -> None:
    store = many_files(tmp_path, count=3)
    before = len(receiving.call("GET", "challenges/files/submissions?limit=200")["submissions"])
    process = far.start("submit", str(store), "-c", "files")
    while process.poll() is None:  # every fourth answer is lost
        line.answers_lost = 1
        time.sleep(0.4)

    out, err = process.communicate()

    after = receiving.call("GET", "challenges/files/submissions?limit=200")["submissions"]
    assert process.returncode == 0, err
    assert out.strip() == after[0]["id"]
    assert len(after) == before + 1


def test_a_site_that_is_started_anew_in_the_middle_is_waited_for(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    site = Site(home)
    prepare(site, home)
    store = many_files(tmp_path, count=800)
    with line_to(site.port) as line:
        computer = Computer(tmp_path, line.url, site.token)
        with web_server(site):
            site.join("files", "Ants")
            line.delay_seconds = 0.01
            process = computer.start("submit", str(store), "-c", "files")
            wait_for(lambda: line.sent > 2 * MIB, seconds=60, what="a part of the upload")
        line.delay_seconds = 0.0
        with web_server(site):
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err
            assert handed_in(site, out.strip()) == digests_of(store)


def test_a_file_that_changes_on_the_way_is_told_and_nothing_is_handed_in(
    far: Computer, line: Line, receiving: Site, tmp_path: Path
) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(9 * MIB))
    before = receiving.call("GET", "challenges/files/submissions")["submissions"]
    line.delay_seconds = 0.02
    process = far.start("submit", str(large), "-c", "files")
    wait_for(lambda: line.sent > MIB, seconds=60, what="a part of the upload")

    with large.open("r+b") as file:
        file.seek(8 * MIB + MIB // 2)
        file.write(b"changed")

    _, err = process.communicate(timeout=60)
    assert process.returncode == Exit.USAGE, err
    assert "has changed while it was being sent" in err
    assert receiving.call("GET", "challenges/files/submissions")["submissions"] == before


def test_who_may_not_hand_in_hears_it_before_anything_is_sent(
    receiving: Site, line: Line, tmp_path: Path
) -> None:
    store = many_files(tmp_path)
    computer = Computer(tmp_path, line.url, "agon_wrong")

    err = computer.agon("submit", str(store), "-c", "files", code=Exit.NOT_SIGNED_IN)

    assert "Sign in" in err
    assert line.sent < 5000
    assert receiving.token not in err


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(
    far: Computer, line: Line, tmp_path: Path
) -> None:
    with (tmp_path / "sparse.bin").open("wb") as file:
        file.truncate(2**40)

    err = far.agon("submit", "../sparse.bin", "-c", "files", code=Exit.REFUSED)

    assert err == "agon: The upload has 1.00 TiB, and this phase takes at most 1.00 GiB.\n"
    assert line.sent < 5000


def test_an_empty_upload_is_refused(far: Computer, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")

    assert "agon: " in far.agon("submit", "../empty.csv", "-c", "files", code=Exit.REFUSED)
