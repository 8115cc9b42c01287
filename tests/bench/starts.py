"""What scoring costs before the first number: sandbox, imports, compiled loops, metadata."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from uuid import uuid4

import numpy as np
import zarr

from evaluator.blobs import LocalBlobs
from evaluator.codes import Status
from evaluator.host.evaluate import evaluate
from evaluator.host.kernels import Kernels
from evaluator.host.trees import TreeCache
from evaluator.inside.checking import check
from evaluator.inside.pairing import Opener
from evaluator.inside.problems import Problems
from evaluator.inside.trees import Tree, walk
from evaluator.jobs import MIB, Job, Resources
from evaluator.manifests import FileEntry, Manifest
from evaluator.plans import Case, DtypeKind, Format, Metric, MetricsPlan, Source
from evaluator.sandbox.base import Sandbox
from tests.bench.findings import Finding, median
from tests.bench.runtimes import opened, runtimes
from tests.bench.volumes import make_volume

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
VOLUMES = 8
ARRAYS = 413  # as many as the CellMap challenge expects
# The peak of the program alone: ru_maxrss begins with what the parent had.
FIRST_CALL = """
import time
started = time.perf_counter()
import numpy as np
from tests.bench.contestants import scored
from evaluator.arrays.base import MemoryArray
volume = np.zeros((16, 16, 16), np.uint32)
volume[4:9, 4:9, 4:9] = 1
arrays = [MemoryArray(name, volume) for name in "pt"]
assert scored("cellmap_instance", *arrays) == 1
seconds = time.perf_counter() - started
peak_kib = open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]
print(seconds, float(peak_kib) / 1024)
"""


def measure_starts() -> Iterator[Finding]:
    """Measure imports with the first call, a whole submission, and the check of many arrays."""
    yield _first_call()
    for runtime in runtimes():
        with (
            tempfile.TemporaryDirectory(prefix="agon-bench-") as folder,
            opened(runtime, Path(folder)) as sandbox,
        ):
            yield _submission(runtime.name, sandbox, Path(folder))
    yield _metadata()


def _first_call() -> Finding:
    """Import and score one tiny volume in a fresh process, compiled loops being there."""
    rows = []
    for _ in range(ROUNDS + 1):
        done = subprocess.run(
            [sys.executable, "-c", FIRST_CALL], cwd=ROOT, capture_output=True, text=True, check=True
        )
        rows.append([float(word) for word in done.stdout.split()])
    seconds, peak = median([row[0] for row in rows[1:]]), max(row[1] for row in rows[1:])
    return Finding(
        bench="d",
        case="import and first call, objects",
        values={"ours_s": round(seconds, 3), "peak_MiB": round(peak)},
        target="≤ 1.5 s, ≤ 200 MiB",
        is_met=seconds <= 1.5 and peak <= 200,
    )


def _submission(name: str, sandbox: Sandbox, home: Path) -> Finding:
    """Score a submission of 8 small volumes of objects, from its blobs to its outcome."""
    kernels = Kernels(home / "kernels", sandbox)
    kernels.prepare(Event())
    blobs, trees = LocalBlobs(home / "blobs"), TreeCache(home / "trees")
    job = _job(blobs, home / "arrays")
    taken = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        outcome = evaluate(
            job,
            sandbox=sandbox,
            trees=trees,
            scratch=home / "runs",
            cancelled=Event(),
            kernels=kernels,
        )
        taken.append(time.perf_counter() - started)
        assert outcome.status is Status.SCORED, outcome
    seconds = median(taken[1:])
    return Finding(
        bench="d",
        case=f"{VOLUMES} volumes of 64³ in {name}, objects",
        values={"ours_s": round(seconds, 3)},
        target="≤ 2 s",
        is_met=seconds <= 2,
    )


def _job(blobs: LocalBlobs, folder: Path) -> Job:
    truth, prediction = make_volume("xs")
    for what, volume in (("truth", truth), ("prediction", prediction)):
        for number in range(VOLUMES):
            zarr.create_array(str(folder / what / f"{number}.zarr"), data=volume)
    return Job(
        evaluation_id=uuid4(),
        attempt=1,
        submission=_stored(blobs, folder / "prediction"),
        truth=_stored(blobs, folder / "truth"),
        program=Manifest(files=()),
        plan=MetricsPlan(
            cases=tuple(_case(f"{number}.zarr") for number in range(VOLUMES)),
            metrics=(Metric(key="score", metric="cellmap_instance"),),
        ),
        resources=Resources(cpus=2, memory_bytes=4096 * MIB, wall_seconds=120),
        blobs=blobs.uri,
    )


def _case(path: str) -> Case:
    source = Source(path=path, format=Format.ZARR)
    return Case(id=path, sources=(source,), truth=source, dtype=DtypeKind.INTEGER)


def _stored(blobs: LocalBlobs, folder: Path) -> Manifest:
    entries = []
    for path in sorted(walk(folder)):
        digest, size = blobs.put([(folder / path).read_bytes()])
        entries.append(FileEntry(path=path, size=size, sha256=digest))
    return Manifest(files=tuple(entries))


def _metadata() -> Finding:
    """Check the metadata of as many arrays as a whole challenge has."""
    with tempfile.TemporaryDirectory(prefix="agon-bench-") as place:
        folder, full = Path(place), np.ones((32, 32, 32), np.uint8)
        for number in range(ARRAYS):
            zarr.create_array(str(folder / f"{number}.zarr"), data=full)
        plan = MetricsPlan(
            cases=tuple(_case(f"{number}.zarr") for number in range(ARRAYS)),
            metrics=(Metric(key="iou", metric="iou"),),
        )
        taken = []
        for _ in range(ROUNDS + 1):
            problems = Problems()
            started = time.perf_counter()
            tree = Tree(folder, frozenset(walk(folder)))
            checked = check(plan, tree, Opener(tree, tree), problems)
            taken.append(time.perf_counter() - started)
            assert len(checked.pairs) == ARRAYS, problems.shown
    seconds = median(taken[1:])
    return Finding(
        bench="d",
        case=f"check of {ARRAYS} arrays, both sides",
        values={"ours_s": round(seconds, 3)},
        target="≤ 1 s",
        is_met=seconds <= 1,
    )
