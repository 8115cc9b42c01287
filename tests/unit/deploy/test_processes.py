"""Servers are found again, and only those that we started are stopped."""

import json
import subprocess
from pathlib import Path

import pytest

from deploy.processes import Ledger, Server, comes_up


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    folder = tmp_path / "ledger"
    folder.mkdir()
    return Ledger(folder)


def test_a_living_server_is_found_again_and_stopped_with_its_folder(
    ledger: Ledger, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with subprocess.Popen(["sleep", "60"]) as process:
        server = Server(pid=process.pid, program="sleep", url="sleep://", folder=str(data))
        ledger.remember("sleeper", server)

        found, stopped = ledger.living("sleeper"), ledger.stop("sleeper")

    assert found == server
    assert stopped
    assert process.returncode != 0
    assert not data.exists()
    assert ledger.living("sleeper") is None


def test_a_dead_server_is_forgotten_with_its_folder(ledger: Ledger, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with subprocess.Popen(["true"]) as process:
        pass
    ledger.remember("gone", Server(pid=process.pid, program="true", folder=str(data)))

    assert ledger.living("gone") is None
    assert not data.exists()


def test_another_program_under_the_same_number_is_left_alone(ledger: Ledger) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        ledger.remember("database", Server(pid=process.pid, program="postgres"))

        stopped, lives = ledger.stop("database"), process.poll() is None
        process.kill()

    assert not stopped
    assert lives


def test_what_was_never_started_is_not_stopped(ledger: Ledger) -> None:
    assert not ledger.stop("redis")


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"pid": 1, "colour": "red"})])
def test_a_broken_note_counts_for_nothing(ledger: Ledger, text: str) -> None:
    (ledger.folder / "redis.json").write_text(text)

    assert ledger.living("redis") is None


def test_how_to_reach_services_is_noted_until_they_go(ledger: Ledger) -> None:
    lines = {"A": "1", "B": "postgresql://u:p@h/d?x=y"}
    ledger.write_environment(lines)

    noted = ledger.environment()
    ledger.forget_environment()

    assert noted == lines
    assert ledger.environment() == {}


def test_a_server_that_ends_at_once_is_not_waited_for() -> None:
    with subprocess.Popen(["true"]) as process:
        assert not comes_up(lambda: False, process=process, seconds=60)
