"""The sandbox runtimes of this machine, and what one run in them takes by itself."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from uuid import uuid4

from evaluator.blobs import LocalBlobs
from evaluator.codes import Status
from evaluator.host.evaluate import evaluate
from evaluator.host.machine import prepare_scratch
from evaluator.host.trees import TreeCache
from evaluator.jobs import MIB, Job, Resources
from evaluator.manifests import FileEntry, Manifest
from evaluator.plans import Case, DtypeKind, Format, Metric, MetricsPlan, Source
from evaluator.sandbox.base import Limits, Sandbox, SandboxTask
from evaluator.sandbox.choose import open_sandbox
from evaluator.settings import HostSettings
from tests.bench.folders import TRUTH

HELLO = ("python", "-c", "print('hello')")
LIMITS = Limits(
    cpus=1,
    memory_bytes=512 * MIB,
    wall_seconds=60,
    processes=64,
    output_bytes=MIB,
    log_bytes=16 * 1024,
)


@dataclass(frozen=True)
class Runtime:
    """One runtime, and the settings with which a site uses it."""

    name: str
    settings: dict[str, str] = field(default_factory=dict)


def runtimes() -> list[Runtime]:
    """Return the runtimes that this machine has been made ready for."""
    found = []
    if os.environ.get("AGON_TEST_BUBBLEWRAP"):
        found.append(Runtime("bubblewrap", {"AGON_SANDBOX": "bubblewrap"}))
    image = os.environ.get("AGON_SCORER_IMAGE")
    if image:
        settings = {"AGON_SANDBOX": "docker", "AGON_SCORER_IMAGE": image}
        found.append(Runtime("docker", settings))
    return found


@contextmanager
def opened(runtime: Runtime, home: Path) -> Iterator[Sandbox]:
    """Open a runtime for runs without a site around them."""
    options = {name.removeprefix("AGON_").lower(): v for name, v in runtime.settings.items()}
    settings = HostSettings(home=home, **options)  # type: ignore[arg-type]  # words of this module
    prepare_scratch(settings)
    sandbox = open_sandbox(settings)
    yield sandbox
    sandbox.sweep(())


def hello_seconds(sandbox: Sandbox, folder: Path) -> float:
    """Run a program that says hello and return how long that took."""
    name = f"hello-1-{uuid4().hex[:8]}"
    output = folder / name
    output.mkdir(parents=True)
    task = SandboxTask(
        name=name, command=HELLO, mounts=(), output=output, collect=(), limits=LIMITS
    )
    started = time.perf_counter()
    run = sandbox.run(task, cancelled=Event())
    taken = time.perf_counter() - started
    assert run.is_clean, run
    return taken


def trivial_job(blobs: LocalBlobs) -> Job:
    """Return the job of a submission to the trivial challenge, as the site would send it."""
    digest, size = blobs.put([TRUTH])
    files = Manifest(files=(FileEntry(path="rain.csv", size=size, sha256=digest),))
    source = Source(path="rain.csv", format=Format.CSV)
    case = Case(
        id="stations",
        sources=(source,),
        truth=source,
        dtype=DtypeKind.INTEGER,
        column="rain",
        index="id",
    )
    return Job(
        evaluation_id=uuid4(),
        attempt=1,
        submission=files,
        truth=files,
        program=Manifest(files=()),
        plan=MetricsPlan(cases=(case,), metrics=(Metric(key="accuracy", metric="accuracy"),)),
        resources=Resources(cpus=1, memory_bytes=512 * MIB, wall_seconds=60),
        blobs=blobs.uri,
    )


def bare_run_seconds(sandbox: Sandbox, job: Job, trees: TreeCache, scratch: Path) -> float:
    """Run a job without a site and return how long that took."""
    started = time.perf_counter()
    outcome = evaluate(job, sandbox=sandbox, trees=trees, scratch=scratch, cancelled=Event())
    taken = time.perf_counter() - started
    assert outcome.status is Status.SCORED, outcome
    return taken
