"""A host runs each attempt once, ends what is over, and gives back what it cannot finish."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import pytest

from evaluator.blobs import LocalBlobs
from evaluator.codes import Status
from evaluator.host.machine import Machine
from evaluator.jobs import MIB, Job, Resources
from evaluator.manifests import FileEntry, Manifest
from evaluator.outcomes import Outcome
from evaluator.plans import ProgramPlan
from evaluator.sandbox.base import Sandbox
from evaluator.settings import HostSettings
from tests.integration.system.site import wait_for

QUICK = """
import json
open("/agon/output/result.json", "w").write(json.dumps({"scores": {"accuracy": 0.5}}))
"""
SLOW = "import time; time.sleep(60)"
MakeJob = Callable[..., Job]


@dataclass
class RecordingSite:
    """A site that notes what it is told."""

    hellos: list[int] = field(default_factory=list)
    heartbeats: list[tuple[UUID, int]] = field(default_factory=list)
    finished: list[tuple[UUID, int, Status]] = field(default_factory=list)
    released: list[tuple[UUID, int]] = field(default_factory=list)

    def hello(self, *, slots: int, **_: str) -> None:
        self.hellos.append(slots)

    def heartbeat(self, *, evaluation_id: UUID, attempt: int, **_: str) -> None:
        self.heartbeats.append((evaluation_id, attempt))

    def finish(self, *, evaluation_id: UUID, attempt: int, outcome: Outcome) -> None:
        self.finished.append((evaluation_id, attempt, outcome.status))

    def release(self, *, evaluation_id: UUID, attempt: int) -> None:
        self.released.append((evaluation_id, attempt))


@pytest.fixture
def site() -> RecordingSite:
    return RecordingSite()


@pytest.fixture
def machine(sandbox: Sandbox, site: RecordingSite, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(HostSettings(home=tmp_path, slots=3, compile_ahead=False), sandbox, site)
    machine.start()
    yield machine
    machine.stop()
    assert machine.wait_idle(10)


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    blobs = LocalBlobs(tmp_path / "blobs")

    def make(program: str, *, evaluation_id: UUID | None = None, attempt: int = 1) -> Job:
        digest, size = blobs.put([program.encode()])
        files = (FileEntry(path="score.py", size=size, sha256=digest),)
        return Job(
            evaluation_id=evaluation_id or uuid4(),
            attempt=attempt,
            submission=Manifest(files=files),
            truth=Manifest(files=()),
            program=Manifest(files=files),
            plan=ProgramPlan(command=("python", "score.py"), keys=("accuracy",)),
            resources=Resources(cpus=1, memory_bytes=256 * MIB, wall_seconds=90),
            blobs=blobs.uri,
        )

    return make


def in_background(machine: Machine, job: Job) -> Thread:
    thread = Thread(target=machine.run, args=(job,))
    thread.start()
    return thread


def test_a_job_is_run_and_reported_with_its_attempt(
    machine: Machine, site: RecordingSite, make_job: MakeJob
) -> None:
    job = make_job(QUICK, attempt=3)

    machine.run(job)

    assert site.hellos == [3]
    assert site.heartbeats == [(job.evaluation_id, 3)]
    assert site.finished == [(job.evaluation_id, 3, Status.SCORED)]


def test_a_message_that_comes_twice_is_run_once(
    machine: Machine, site: RecordingSite, make_job: MakeJob
) -> None:
    job = make_job(SLOW)
    first = in_background(machine, job)
    wait_for(lambda: site.heartbeats, seconds=10, what="the first run")

    machine.run(job)

    assert site.heartbeats == [(job.evaluation_id, 1)]
    machine.end_run(job.evaluation_id, attempt=1)
    first.join(10)
    assert not first.is_alive()


def test_a_run_that_the_site_has_given_up_ends_without_a_report(
    machine: Machine, site: RecordingSite, make_job: MakeJob
) -> None:
    job = make_job(SLOW)
    thread = in_background(machine, job)
    wait_for(lambda: site.heartbeats, seconds=10, what="the run")

    machine.end_run(job.evaluation_id, attempt=1)
    thread.join(10)

    assert not thread.is_alive()
    assert (site.finished, site.released) == ([], [])


def test_the_end_of_an_old_attempt_leaves_a_newer_one_alone(
    machine: Machine, site: RecordingSite, make_job: MakeJob
) -> None:
    job = make_job(QUICK, attempt=2)
    machine.end_run(job.evaluation_id, attempt=1)

    machine.run(job)

    assert site.finished == [(job.evaluation_id, 2, Status.SCORED)]


def test_a_newer_attempt_ends_the_older_one_on_the_same_host(
    machine: Machine, site: RecordingSite, make_job: MakeJob
) -> None:
    old = make_job(SLOW)
    thread = in_background(machine, old)
    wait_for(lambda: site.heartbeats, seconds=10, what="the old run")

    machine.run(make_job(QUICK, evaluation_id=old.evaluation_id, attempt=2))
    thread.join(10)

    assert not thread.is_alive()
    assert site.finished == [(old.evaluation_id, 2, Status.SCORED)]


def test_a_host_that_goes_down_gives_its_runs_back(
    machine: Machine, site: RecordingSite, make_job: MakeJob
) -> None:
    job = make_job(SLOW)
    thread = in_background(machine, job)
    wait_for(lambda: site.heartbeats, seconds=10, what="the run")

    machine.stop()
    thread.join(10)

    assert site.released == [(job.evaluation_id, 1)]
    assert site.finished == []
