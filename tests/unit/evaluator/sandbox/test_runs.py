import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.runs import RunFolders
from evaluator.sandbox.slots import claim_uid


def test_a_run_has_a_folder_for_as_long_as_it_lives(tmp_path: Path) -> None:
    runs = RunFolders(tmp_path)

    with runs.open("a-1-score") as folder:
        assert folder.is_dir()
        assert runs.names() == {"a-1-score"}

    assert runs.names() == set()


def test_a_living_run_is_not_taken_for_a_dead_one(tmp_path: Path) -> None:
    runs = RunFolders(tmp_path)

    with runs.open("a-1-score"), runs.take_abandoned("a-1-score") as folder:
        assert folder is None
        assert runs.names() == {"a-1-score"}


def test_a_dead_run_is_taken_and_removed(tmp_path: Path) -> None:
    runs = RunFolders(tmp_path)
    (tmp_path / "runs/a-1-score").mkdir()

    with runs.take_abandoned("a-1-score") as folder:
        assert folder == tmp_path / "runs/a-1-score"

    assert runs.names() == set()


def test_a_child_process_does_not_keep_the_lock(tmp_path: Path) -> None:
    runs = RunFolders(tmp_path)

    with runs.open("a-1-score") as folder:
        entries = Path("/proc/self/fd").iterdir()
        locks = [entry.name for entry in entries if _is_lock(entry, folder)]

        assert len(locks) == 1
        assert not os.get_inheritable(int(locks[0]))


def _is_lock(descriptor: Path, folder: Path) -> bool:
    try:
        return descriptor.readlink() == folder / "lock"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("name", ["", "..", ".a", "a/b", "a b", "-a", "a" * 201])
def test_a_name_must_be_safe_as_a_file_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a run"), RunFolders(tmp_path).open(name):
        pass


def test_a_second_run_of_the_name_is_refused(tmp_path: Path) -> None:
    runs = RunFolders(tmp_path)

    with runs.open("a"), pytest.raises(SandboxUnavailable, match="under way"), runs.open("a"):
        pass


def test_user_ids_are_distinct_while_they_are_held(tmp_path: Path) -> None:
    with ExitStack() as stack:
        uids = [stack.enter_context(claim_uid(tmp_path)) for _ in range(5)]

        assert uids == [20_000, 20_001, 20_002, 20_003, 20_004]

    with claim_uid(tmp_path) as uid:
        assert uid == 20_000
