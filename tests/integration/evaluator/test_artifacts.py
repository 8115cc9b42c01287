"""Pictures and files come out of real sandboxes into the blob store, and nothing else does."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from evaluator.blobs import LocalBlobs
from evaluator.codes import Code, Status
from evaluator.host.evaluate import evaluate
from evaluator.host.trees import TreeCache
from evaluator.jobs import MIB, Job, Resources
from evaluator.manifests import FileEntry, Manifest
from evaluator.outcomes import ArtifactKind, Outcome
from evaluator.pictures import MAX_PICTURE_BYTES
from evaluator.plans import Case, DtypeKind, Format, Metric, MetricsPlan, Plan, ProgramPlan, Source
from evaluator.sandbox.base import Sandbox

PREDICTED = np.zeros((8, 30, 40), np.uint8)
PREDICTED[2:6, 5:15, 10:30] = 1
TRUE = np.roll(PREDICTED, 3, axis=2)
PROGRAM = ProgramPlan(command=("python", "score.py"), keys=("dice",))


def cases(count: int) -> tuple[Case, ...]:
    sources = [Source(path=f"case-{n}.npy", format=Format.NPY) for n in range(count)]
    return tuple(
        Case(id=f"case-{n}", sources=(source,), truth=source, dtype=DtypeKind.INTEGER)
        for n, source in enumerate(sources)
    )


def saved(array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


class Bench:
    """Scores uploads in one sandbox."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self.blobs = LocalBlobs(folder / "blobs")

    def tree(self, files: Mapping[str, bytes]) -> Manifest:
        entries = []
        for path, content in files.items():
            digest, size = self.blobs.put([content])
            entries.append(FileEntry(path=path, size=size, sha256=digest))
        return Manifest(files=tuple(entries))

    def score(self, plan: Plan, *, program: str = "", pictures: tuple[str, ...] = ()) -> Outcome:
        names = [f"case-{n}.npy" for n in range(2)]
        job = Job(
            evaluation_id=uuid4(),
            attempt=1,
            submission=self.tree(dict.fromkeys(names, saved(PREDICTED))),
            truth=self.tree(dict.fromkeys(names, saved(TRUE))),
            program=self.tree({"score.py": program.encode()} if program else {}),
            plan=plan,
            resources=Resources(
                cpus=1, memory_bytes=512 * MIB, wall_seconds=30, output_bytes=16 * MIB
            ),
            blobs=self.blobs.uri,
            pictures=pictures,
        )
        return evaluate(
            job,
            sandbox=self._sandbox,
            trees=TreeCache(self._folder / "trees"),
            scratch=self._folder / "runs",
            cancelled=Event(),
        )


@pytest.fixture
def bench(sandbox: Sandbox, tmp_path: Path) -> Bench:
    return Bench(sandbox, tmp_path)


def test_a_picture_comes_out_for_each_case_that_may_be_shown(bench: Bench) -> None:
    plan = MetricsPlan(cases=cases(2), metrics=(Metric(key="accuracy", metric="accuracy"),))

    outcome = bench.score(plan, pictures=("case-1",))

    assert outcome.status is Status.SCORED, outcome.log
    (picture,) = outcome.artifacts
    assert (picture.name, picture.case, picture.kind) == (
        "case-1.png",
        "case-1",
        ArtifactKind.PNG,
    )
    assert picture.size <= MAX_PICTURE_BYTES
    assert "170 elements agree, 30 are too many, 30 are missed" in picture.words
    with bench.blobs.open(picture.sha256) as file, Image.open(file) as image:
        image.load()
    assert "pictures.done count=1" in outcome.log


def test_without_pictures_nothing_is_kept(bench: Bench) -> None:
    plan = MetricsPlan(cases=cases(2), metrics=(Metric(key="accuracy", metric="accuracy"),))

    outcome = bench.score(plan)

    assert outcome.status is Status.SCORED, outcome.log
    assert outcome.artifacts == ()


WRITING = """
import json, os, pathlib
out = pathlib.Path("/agon/output")
(out / "sub").mkdir()
(out / "sub/cases.csv").write_text("case,dice\\n")
(out / "picture.png").write_bytes(b"\\x89PNG\\r\\n\\x1a\\n")
(out / "kept-to-itself.txt").write_text("scratch")
(out / "page.html").write_text("<script>")
(out / ("odd:" + "name")).write_text("nobody asks for it")
names = ["sub/cases.csv", "picture.png", "page.html", "gone.txt"]
result = {"scores": {"dice": 0.5}, "artifacts": names, "replicates": {"dice": [0.25, 0.75]}}
(out / "result.json").write_text(json.dumps(result))
os.chmod(out / "picture.png", 0)
"""


def test_the_files_that_a_program_names_are_kept_and_no_others(bench: Bench) -> None:
    outcome = bench.score(PROGRAM, program=WRITING)

    assert outcome.status is Status.SCORED, outcome.log
    assert [kept.name for kept in outcome.artifacts] == ["sub/cases.csv", "picture.png"]
    assert bench.blobs.local_path(outcome.artifacts[0].sha256).read_bytes() == b"case,dice\n"
    assert outcome.replicates == {"dice": (0.25, 0.75)}
    assert "artifact page.html is not kept" in outcome.log
    assert "artifact gone.txt is not kept: there is no such file" in outcome.log


@pytest.mark.parametrize(
    "target", ["/agon/truth/case-0.npy", "/etc/passwd", "."], ids=["truth", "host", "folder"]
)
def test_a_link_is_no_artifact(bench: Bench, target: str) -> None:
    result = {"scores": {"dice": 0.5}, "artifacts": ["a.txt"]}
    program = (
        f"import os; os.symlink({target!r}, '/agon/output/a.txt')\n"
        f"open('/agon/output/result.json', 'w').write({json.dumps(result)!r})\n"
    )

    outcome = bench.score(PROGRAM, program=program)

    assert (outcome.status, outcome.code) == (Status.FAILED, Code.OUTPUT_UNSAFE)
    assert outcome.artifacts == ()
