"""Each kind of bad upload, through a real sandbox: rejected with its code, and nothing is left."""

import io
import stat
import zipfile
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
from evaluator.plans import Case, DtypeKind, Format, Metric, MetricsPlan, Source
from evaluator.sandbox.base import Sandbox


def npy(values: object, dtype: str = "f8") -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(values, dtype))
    return file.getvalue()


GOOD = npy([[0.0, 1.0], [2.0, 3.0]])
PATHS = ("a.npy", "b.npy")


def zipped(files: dict[str, bytes], *, link: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        if link:
            entry = zipfile.ZipInfo(link)
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, "/agon/truth/a.npy")
    return file.getvalue()


BAD: dict[str, tuple[bytes, Code]] = {
    "no archive": (b"these are my predictions", Code.ARCHIVE_INVALID),
    "cut off": (zipped({"a.npy": GOOD, "b.npy": GOOD})[:-30], Code.ARCHIVE_INVALID),
    "leads out": (zipped({"a.npy": GOOD, "../b.npy": GOOD}), Code.ARCHIVE_UNSAFE),
    "absolute": (zipped({"a.npy": GOOD, "/b.npy": GOOD}), Code.ARCHIVE_UNSAFE),
    "link": (zipped({"a.npy": GOOD}, link="b.npy"), Code.ARCHIVE_UNSAFE),
    "missing case": (zipped({"a.npy": GOOD}), Code.CASE_MISSING),
    "extra case": (zipped({"a.npy": GOOD, "b.npy": GOOD, "c.npy": GOOD}), Code.CASE_UNEXPECTED),
    "wrong shape": (zipped({"a.npy": GOOD, "b.npy": npy([1.0, 2.0])}), Code.SHAPE_MISMATCH),
    "wrong type": (
        zipped({"a.npy": GOOD, "b.npy": npy([[0, 1], [2, 3]], "U1")}),
        Code.DTYPE_MISMATCH,
    ),
    "whole numbers": (
        zipped({"a.npy": GOOD, "b.npy": npy([[0, 1], [2, 3]], "i8")}),
        Code.DTYPE_MISMATCH,
    ),
    "NaN": (zipped({"a.npy": GOOD, "b.npy": npy([[0, np.nan], [2, 3]])}), Code.VALUE_NOT_FINITE),
    "infinity": (
        zipped({"a.npy": GOOD, "b.npy": npy([[0, np.inf], [2, 3]])}),
        Code.VALUE_NOT_FINITE,
    ),
    "bomb": (zipped({"a.npy": GOOD, "b.npy": bytes(200 * MIB)}), Code.ARCHIVE_TOO_LARGE),
}


@pytest.mark.parametrize(("upload", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_upload_is_rejected_with_its_code(
    sandbox: Sandbox, tmp_path: Path, upload: bytes, code: Code
) -> None:
    blobs = LocalBlobs(tmp_path / "blobs")

    def tree(files: dict[str, bytes]) -> Manifest:
        stored = {name: blobs.put([content]) for name, content in files.items()}
        return Manifest(
            files=tuple(
                FileEntry(path=name, size=size, sha256=digest)
                for name, (digest, size) in stored.items()
            )
        )

    sources = [Source(path=path, format=Format.NPY) for path in PATHS]
    cases = tuple(Case(id=s.path[0], sources=(s,), truth=s, dtype=DtypeKind.FLOAT) for s in sources)
    job = Job(
        evaluation_id=uuid4(),
        attempt=1,
        submission=tree({"predictions.zip": upload}),
        truth=tree(dict.fromkeys(PATHS, GOOD)),
        program=Manifest(files=()),
        plan=MetricsPlan(cases=cases, metrics=(Metric(key="rmse", metric="rmse"),)),
        resources=Resources(
            cpus=1, memory_bytes=512 * MIB, wall_seconds=30, scratch_bytes=64 * MIB
        ),
        blobs=blobs.uri,
    )

    outcome = evaluate(
        job,
        sandbox=sandbox,
        trees=TreeCache(tmp_path / "trees"),
        scratch=tmp_path / "runs",
        cancelled=Event(),
    )

    assert (outcome.status, outcome.code) == (Status.REJECTED, code), outcome.message
    assert outcome.message[-1] in ".?"
    assert outcome.scores == {}
    assert list((tmp_path / "runs").iterdir()) == []
