"""A metric of the organiser's runs in the same sandbox as the built-in ones."""

import io
from collections.abc import Callable
from pathlib import Path
from threading import Event
from uuid import uuid4

import numpy as np
import pytest

from evaluator.blobs import LocalBlobs
from evaluator.codes import Code, Status
from evaluator.host.evaluate import evaluate
from evaluator.host.trees import TreeCache
from evaluator.jobs import MIB, Job, Resources
from evaluator.manifests import FileEntry, Manifest
from evaluator.outcomes import Outcome
from evaluator.plans import Case, DtypeKind, Format, Metric, MetricsPlan, Source
from evaluator.sandbox.base import Sandbox

ARRAY = Source(path="case.npy", format=Format.NPY)
CASE = Case(id="case", sources=(ARRAY,), truth=ARRAY, dtype=DtypeKind.INTEGER)
OWN = Metric(key="gap", metric="mine.py:score", parameters={"better": "lower"})


def npy(values: list[int]) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(values))
    return file.getvalue()


@pytest.fixture
def run(sandbox: Sandbox, tmp_path: Path) -> Callable[[str], Outcome]:
    """Return a function that scores [1, 5] against [2, 2] with the code of a metric."""
    blobs = LocalBlobs(tmp_path / "blobs")

    def tree(name: str, content: bytes) -> Manifest:
        digest, size = blobs.put([content])
        return Manifest(files=(FileEntry(path=name, size=size, sha256=digest),))

    def evaluate_metric(code: str) -> Outcome:
        job = Job(
            evaluation_id=uuid4(),
            attempt=1,
            submission=tree("case.npy", npy([1, 5])),
            truth=tree("case.npy", npy([2, 2])),
            program=tree("mine.py", code.encode()),
            plan=MetricsPlan(cases=(CASE,), metrics=(OWN,)),
            resources=Resources(cpus=1, memory_bytes=512 * MIB, wall_seconds=30, processes=32),
            blobs=blobs.uri,
        )
        return evaluate(
            job,
            sandbox=sandbox,
            trees=TreeCache(tmp_path / "trees"),
            scratch=tmp_path / "runs",
            cancelled=Event(),
        )

    return evaluate_metric


def test_it_scores_what_the_readers_give_it(run: Callable[[str], Outcome]) -> None:
    outcome = run("""
def score(case):
    prediction, truth, valid = case.whole()
    return abs(prediction - truth).max()
""")

    assert outcome.status is Status.SCORED
    assert outcome.scores == {"gap": 3.0}


def test_its_failure_is_not_the_participants(run: Callable[[str], Outcome]) -> None:
    outcome = run("def score(case): raise RuntimeError('the secret is 2')")

    assert (outcome.status, outcome.code) == (Status.FAILED, Code.SCORER_CRASHED)
    assert "secret" not in outcome.message
    assert "the secret is 2" in outcome.log
