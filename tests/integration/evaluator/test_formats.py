"""Every format through a real sandbox, whose filters of system calls its library must live with."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import h5py
import nibabel
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tifffile
from PIL import Image

from evaluator.blobs import LocalBlobs
from evaluator.codes import Code, Status
from evaluator.host.evaluate import evaluate
from evaluator.host.trees import TreeCache
from evaluator.jobs import MIB, Job, Resources
from evaluator.manifests import FileEntry, Manifest
from evaluator.outcomes import Outcome
from evaluator.plans import Case, DtypeKind, Format, Metric, MetricsPlan, Source
from evaluator.sandbox.base import Sandbox

VOLUME = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
LABELS = VOLUME.ravel().tolist()
TABLE = "label\n" + "\n".join(map(str, LABELS))


def npy(values: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(values))
    return file.getvalue()


def hdf5(**how: Any) -> bytes:
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.create_dataset("labels", data=VOLUME, chunks=(1, 3, 4), **how)
    return memory.getvalue()


def nifti() -> bytes:
    nib: Any = nibabel  # half of it has no types
    data: bytes = nib.Nifti1Image(VOLUME.T, np.eye(4)).to_bytes()
    return data


def png(image: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "png")
    return file.getvalue()


def tiff() -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, VOLUME)
    return file.getvalue()


def parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"label": LABELS}), file)
    return file.getvalue()


FILES: Mapping[str, tuple[Format, dict[str, bytes]]] = {  # by the path of the case
    "a.npy": (Format.NPY, {"a.npy": npy(VOLUME)}),
    "a.tif": (Format.TIFF, {"a.tif": tiff()}),
    "a.h5/labels": (Format.HDF5, {"a.h5": hdf5(compression="gzip", shuffle=True)}),
    "lzf.h5/labels": (Format.HDF5, {"lzf.h5": hdf5(compression="lzf", fletcher32=True)}),
    "a.nii": (Format.NIFTI, {"a.nii": nifti()}),
    "slices": (Format.PNG, {f"slices/{n}.png": png(image) for n, image in enumerate(VOLUME)}),
    "a.csv": (Format.CSV, {"a.csv": TABLE.encode()}),
    "a.tsv": (Format.TSV, {"a.tsv": TABLE.encode()}),
    "a.parquet": (Format.PARQUET, {"a.parquet": parquet()}),
}


def run(
    sandbox: Sandbox, folder: Path, files: dict[str, bytes], cases: tuple[Case, ...]
) -> Outcome:
    """Score an archive of `files` against a truth of the volume, and of its elements in a row."""
    blobs = LocalBlobs(folder / "blobs")

    def tree(contents: dict[str, bytes]) -> Manifest:
        stored = {name: blobs.put([content]) for name, content in contents.items()}
        entries = (
            FileEntry(path=name, size=size, sha256=digest)
            for name, (digest, size) in stored.items()
        )
        return Manifest(files=tuple(entries))

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    job = Job(
        evaluation_id=uuid4(),
        attempt=1,
        submission=tree({"predictions.zip": archive.getvalue()}),
        truth=tree({"volume.npy": npy(VOLUME), "row.npy": npy(LABELS)}),
        program=Manifest(files=()),
        plan=MetricsPlan(cases=cases, metrics=(Metric(key="accuracy", metric="accuracy"),)),
        resources=Resources(
            cpus=2, memory_bytes=1024 * MIB, wall_seconds=60, scratch_bytes=64 * MIB
        ),
        blobs=blobs.uri,
    )
    return evaluate(
        job,
        sandbox=sandbox,
        trees=TreeCache(folder / "trees"),
        scratch=folder / "runs",
        cancelled=Event(),
    )


def case(path: str, how: Format) -> Case:
    truth = Source(path="row.npy" if how.is_table else "volume.npy", format=Format.NPY)
    return Case(
        id=path, sources=(Source(path=path, format=how),), truth=truth, dtype=DtypeKind.INTEGER
    )


def test_every_format_is_read_inside_a_sandbox(sandbox: Sandbox, tmp_path: Path) -> None:
    files = {name: data for _, stored in FILES.values() for name, data in stored.items()}
    cases = tuple(case(path, how) for path, (how, _) in FILES.items())

    outcome = run(sandbox, tmp_path, files, cases)

    assert (outcome.status, outcome.message) == (Status.SCORED, "")
    assert outcome.cases == {path: {"accuracy": 1.0} for path in FILES}


def test_the_truth_that_lies_beside_an_upload_cannot_be_linked_to(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        external = [("/agon/truth/volume.npy", 128, VOLUME.nbytes)]
        file.create_dataset("labels", shape=VOLUME.shape, dtype="u1", external=external)

    outcome = run(
        sandbox, tmp_path, {"a.h5": memory.getvalue()}, (case("a.h5/labels", Format.HDF5),)
    )

    assert (outcome.status, outcome.code) == (Status.REJECTED, Code.FORMAT_INVALID)
    assert "external storage" in outcome.message


@pytest.mark.parametrize("path", ["a.h5/labels", "a.parquet", "a.nii", "slices"])
def test_a_damaged_file_is_rejected_by_each_library(
    path: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    how, stored = FILES[path]
    files = {name: data[: len(data) // 2] for name, data in stored.items()}

    outcome = run(sandbox, tmp_path, files, (case(path, how),))

    assert outcome.status is Status.REJECTED
    assert outcome.code in {Code.FORMAT_INVALID, Code.CHUNK_CORRUPT}
