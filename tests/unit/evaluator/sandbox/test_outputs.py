"""What leaves an output: what the task collects, and what a listing in it names."""

from dataclasses import replace
from pathlib import Path

import pytest

from evaluator.sandbox.base import End, Limits, Listing, SandboxTask
from evaluator.sandbox.gate import Refused
from evaluator.sandbox.outputs import DiskOutput, MemoryOutput

LIMITS = Limits(
    cpus=1,
    memory_bytes=2**20,
    wall_seconds=1,
    processes=8,
    output_bytes=1000,
    log_bytes=1000,
    output_files=20,
)
KINDS = pytest.mark.parametrize("kind", [DiskOutput, MemoryOutput])


def names(content: bytes) -> tuple[str, ...]:
    return tuple(content.decode().split())


@pytest.fixture
def task(tmp_path: Path) -> SandboxTask:
    (tmp_path / "output").mkdir()
    return SandboxTask(
        name="test-1-program",
        command=("true",),
        mounts=(),
        output=tmp_path / "output",
        collect=("result.txt",),
        limits=LIMITS,
        listing=Listing("result.txt", 100, names),
    )


def written(task: SandboxTask, kind: type[DiskOutput | MemoryOutput], **files: str) -> Path:
    """Write files where the kind of output has them, collect, and return what is left."""
    folder = task.output if kind is DiskOutput else task.output.with_name("memory")
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    kind(folder, task.limits).release(task)
    return task.output


def found(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@KINDS
def test_what_the_listing_names_is_collected_too(
    task: SandboxTask, kind: type[DiskOutput | MemoryOutput]
) -> None:
    left = written(
        task, kind, result_txt="a.txt sub/b.txt gone.txt", a_txt="1", sub__b_txt="2", c_txt="3"
    )

    assert found(left) == {"result.txt", "a.txt", "sub/b.txt"}


@KINDS
def test_without_its_file_a_listing_names_nothing(
    task: SandboxTask, kind: type[DiskOutput | MemoryOutput]
) -> None:
    assert found(written(task, kind, a_txt="1")) == set()


@KINDS
def test_without_a_listing_only_what_is_asked_for_is_collected(
    task: SandboxTask, kind: type[DiskOutput | MemoryOutput]
) -> None:
    left = written(replace(task, listing=None), kind, result_txt="a.txt", a_txt="1")

    assert found(left) == {"result.txt"}


@KINDS
def test_a_listing_is_read_no_further_than_one_byte_too_many(
    task: SandboxTask, kind: type[DiskOutput | MemoryOutput]
) -> None:
    seen: list[int] = []

    def note(content: bytes) -> tuple[str, ...]:
        seen.append(len(content))
        return ()

    written(replace(task, listing=Listing("result.txt", 100, note)), kind, result_txt="x" * 500)

    assert seen == [101]


@KINDS
def test_a_link_in_place_of_the_listing_is_refused(
    task: SandboxTask, kind: type[DiskOutput | MemoryOutput], tmp_path: Path
) -> None:
    folder = task.output if kind is DiskOutput else task.output.with_name("memory")
    folder.mkdir(exist_ok=True)
    (tmp_path / "secret").write_text("a.txt")
    (folder / "result.txt").symlink_to(tmp_path / "secret")

    with pytest.raises(Refused) as refused:
        kind(folder, task.limits).release(task)

    assert refused.value.end is End.UNSAFE_OUTPUT
