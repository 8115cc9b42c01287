"""Check, then score: an upload in each of its forms, with built-in metrics and with a program."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest

from evaluator.blobs import LocalBlobs
from evaluator.codes import Code, Status
from evaluator.host.evaluate import evaluate
from evaluator.host.trees import TreeCache
from evaluator.jobs import MIB, Job, Resources
from evaluator.manifests import FileEntry, Manifest
from evaluator.outcomes import Outcome
from evaluator.plans import Case, DtypeKind, Format, Metric, MetricsPlan, Plan, ProgramPlan, Source
from evaluator.sandbox.base import Sandbox

TRUTH = b"id,rain\n1,0\n2,1\n3,1\n4,0\n"
THREE_OF_FOUR = b"id,rain\n1,0\n2,1\n3,1\n4,1\n"
SOURCE = Source(path="rain.csv", format=Format.CSV)
CASE = Case(
    id="stations",
    sources=(SOURCE,),
    truth=SOURCE,
    dtype=DtypeKind.INTEGER,
    column="rain",
    index="id",
)
METRICS = MetricsPlan(cases=(CASE,), metrics=(Metric(key="accuracy", metric="accuracy"),))
PROGRAM = ProgramPlan(
    cases=(CASE,), command=("python", "score.py"), keys=("accuracy",), extra_files="reject"
)
SCORE = b"""
import json, os, pathlib
names = sorted(str(p.relative_to("/agon/submission"))
               for p in pathlib.Path("/agon/submission").rglob("*") if p.is_file())
print("files", names)
cases = json.loads(pathlib.Path(os.environ["AGON_CASES"]).read_text())
assert cases == ["stations"], cases
rows = pathlib.Path("/agon/submission/rain.csv").read_text().splitlines()
truth = pathlib.Path("/agon/truth/rain.csv").read_text().splitlines()
right = sum(a == b for a, b in zip(rows[1:], truth[1:], strict=True))
result = {"scores": {"accuracy": right / (len(truth) - 1)}}
pathlib.Path("/agon/output/result.json").write_text(json.dumps(result))
"""


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture(params=["metrics", "program"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return METRICS if request.param == "metrics" else PROGRAM


class Bench:
    """Scores uploads in one sandbox."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self._blobs = LocalBlobs(folder / "blobs")

    def tree(self, files: Mapping[str, bytes]) -> Manifest:
        entries = []
        for path, content in files.items():
            digest, size = self._blobs.put([content])
            entries.append(FileEntry(path=path, size=size, sha256=digest))
        return Manifest(files=tuple(entries))

    def score(self, plan: Plan, files: Mapping[str, bytes], **limits: int) -> Outcome:
        job = Job(
            evaluation_id=uuid4(),
            attempt=1,
            submission=self.tree(files),
            truth=self.tree({"rain.csv": TRUTH}),
            program=self.tree({"score.py": SCORE} if plan.kind == "program" else {}),
            plan=plan,
            resources=Resources(
                **{"cpus": 1, "memory_bytes": 512 * MIB, "wall_seconds": 30, **limits}
            ),
            blobs=self._blobs.uri,
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


@pytest.mark.parametrize(
    "files",
    [
        {"rain.csv": THREE_OF_FOUR},
        {"my predictions.csv": THREE_OF_FOUR},
        {"upload.zip": zipped({"rain.csv": THREE_OF_FOUR})},
        {"upload.zip": zipped({"run 7/rain.csv": THREE_OF_FOUR, "__MACOSX/._rain.csv": b"x"})},
        {"upload": zipped({"rain.csv": THREE_OF_FOUR})},
        {"run/rain.csv": THREE_OF_FOUR},
    ],
    ids=["file", "renamed", "archive", "archive with a folder", "archive unnamed", "folder"],
)
def test_an_upload_is_scored_in_each_of_its_forms(
    bench: Bench, plan: Plan, files: dict[str, bytes]
) -> None:
    outcome = bench.score(plan, files)

    assert outcome.status is Status.SCORED, outcome
    assert outcome.scores == {"accuracy": 0.75}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"upload.zip": zipped({"wind.csv": b"id,wind\n"})}, Code.CASE_MISSING),
        ({"upload.zip": b"PK\x03\x04 cut off"}, Code.ARCHIVE_INVALID),
        ({"upload.zip": zipped({"../rain.csv": THREE_OF_FOUR})}, Code.ARCHIVE_UNSAFE),
        ({"rain.csv": b"id,rain\n1,0\n"}, Code.ROWS_MISMATCH),
        ({"rain.csv": b"id,wind\n1,0\n2,1\n3,1\n4,0\n"}, Code.COLUMNS_MISMATCH),
        (
            {"upload.zip": zipped({"rain.csv": THREE_OF_FOUR, "notes.txt": b"hi"})},
            Code.CASE_UNEXPECTED,
        ),
    ],
)
def test_a_bad_upload_is_rejected_with_its_code_before_anything_is_scored(
    bench: Bench, plan: Plan, files: dict[str, bytes], code: Code
) -> None:
    outcome = bench.score(plan, files)

    assert (outcome.status, outcome.code) == (Status.REJECTED, code), outcome
    assert outcome.message
    assert outcome.problems
    assert outcome.scores == {}


def test_a_bomb_is_rejected_within_its_scratch_space(bench: Bench, plan: Plan) -> None:
    bomb = zipped({"rain.csv": bytes(64 * MIB)})

    outcome = bench.score(plan, {"bomb.zip": bomb}, scratch_bytes=8 * MIB)

    assert (outcome.status, outcome.code) == (Status.REJECTED, Code.ARCHIVE_TOO_LARGE)


def test_sentences_hold_no_value_of_the_truth(bench: Bench) -> None:
    outcome = bench.score(METRICS, {"rain.csv": b"id,rain\n1,7\n2,x\n3,1\n4,0\n"})

    assert outcome.status is Status.REJECTED
    assert "0" not in outcome.message.replace("rain.csv", "")
