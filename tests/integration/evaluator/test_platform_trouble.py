"""What goes wrong around a run ends that run with a code; the host goes on to the next."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from uuid import uuid4

import docker
import pytest

from evaluator.blobs import LocalBlobs
from evaluator.codes import Code, Status
from evaluator.errors import SandboxUnavailable
from evaluator.host.evaluate import evaluate
from evaluator.host.machine import Machine
from evaluator.host.trees import TreeCache
from evaluator.jobs import MIB, Job, Resources
from evaluator.manifests import FileEntry, Manifest
from evaluator.outcomes import Outcome
from evaluator.plans import ProgramPlan
from evaluator.sandbox.base import Run, Sandbox, SandboxTask
from evaluator.sandbox.docker_engine import connect
from evaluator.settings import HostSettings
from tests.integration.evaluator.sandboxes import open_host

GOOD = b"""
import json
open("/agon/output/result.json", "w").write(json.dumps({"scores": {"accuracy": 0.5}}))
"""
BAD = [b"raise SystemExit(3)", b"print('nothing')", b"open('/agon/output/result.json', 'w')"]
MakeJob = Callable[..., Job]


@dataclass
class Breaking:
    """A sandbox that breaks a number of times before it does what it should."""

    whole: Sandbox
    errors: list[Exception]

    @property
    def description(self) -> str:
        return self.whole.description

    def run(self, task: SandboxTask, *, cancelled: Event) -> Run:
        if self.errors:
            raise self.errors.pop(0)
        return self.whole.run(task, cancelled=cancelled)

    def sweep(self, alive: Collection[str]) -> int:
        return self.whole.sweep(alive)


@dataclass
class Reports:
    """A site that notes how runs ended."""

    finished: list[Outcome] = field(default_factory=list)

    def hello(self, **_: object) -> None:
        return

    def heartbeat(self, **_: object) -> None:
        return

    def finish(self, *, outcome: Outcome, **_: object) -> None:
        self.finished.append(outcome)

    def release(self, **_: object) -> None:
        return


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    blobs = LocalBlobs(tmp_path / "blobs")

    def make(program: bytes = GOOD, *, image: str = "scorer") -> Job:
        digest, size = blobs.put([program])
        files = (FileEntry(path="score.py", size=size, sha256=digest),)
        return Job(
            evaluation_id=uuid4(),
            attempt=1,
            submission=Manifest(files=files),
            truth=Manifest(files=()),
            program=Manifest(files=files),
            plan=ProgramPlan(command=("python", "score.py"), keys=("accuracy",), image=image),
            resources=Resources(cpus=1, memory_bytes=256 * MIB, wall_seconds=20),
            blobs=blobs.uri,
        )

    return make


def score(job: Job, sandbox: Sandbox, folder: Path) -> Outcome:
    return evaluate(
        job,
        sandbox=sandbox,
        trees=TreeCache(folder / "trees"),
        scratch=folder / "runs",
        cancelled=Event(),
    )


def test_an_image_that_is_missing_ends_its_run_with_a_code_and_no_other(
    sandbox: Sandbox, make_job: MakeJob, tmp_path: Path
) -> None:
    missing = score(make_job(image="agon-no-such-image:1"), sandbox, tmp_path)
    next_one = score(make_job(), sandbox, tmp_path)

    assert (missing.status, missing.code) == (Status.FAILED, Code.IMAGE_UNAVAILABLE)
    assert "agon-no-such-image:1" in missing.log
    assert next_one.status is Status.SCORED


def test_a_sandbox_that_does_not_start_ends_its_run_with_a_code_and_no_other(
    sandbox: Sandbox, make_job: MakeJob, tmp_path: Path
) -> None:
    breaking = Breaking(sandbox, [SandboxUnavailable("The engine made no container: bad mount.")])

    broken = score(make_job(), breaking, tmp_path)
    next_one = score(make_job(), breaking, tmp_path)

    assert (broken.status, broken.code) == (Status.FAILED, Code.SANDBOX_FAILED)
    assert "bad mount" in broken.log
    assert "bad mount" not in broken.message
    assert next_one.status is Status.SCORED


@pytest.fixture
def site() -> Reports:
    return Reports()


def test_a_host_survives_what_nobody_foresaw_and_runs_the_job_when_it_comes_again(
    sandbox: Sandbox, site: Reports, make_job: MakeJob, tmp_path: Path
) -> None:
    breaking = Breaking(sandbox, [RuntimeError("a bug of ours")])
    machine = Machine(HostSettings(home=tmp_path, slots=1, compile_ahead=False), breaking, site)
    machine.start()
    job = make_job()

    with pytest.raises(RuntimeError, match="a bug of ours"):
        machine.run(job)  # Celery logs it; the lease runs out and the site sends the job again
    machine.run(job.model_copy(update={"attempt": 2}))

    machine.stop()
    assert machine.wait_idle(10)
    assert [outcome.status for outcome in site.finished] == [Status.SCORED]


def test_nothing_of_a_run_stays_on_the_host_however_it_ended(
    sandbox: Sandbox, make_job: MakeJob, tmp_path: Path
) -> None:
    programs = [GOOD, *BAD]

    outcomes = [score(make_job(program), sandbox, tmp_path) for program in programs]

    assert [outcome.status for outcome in outcomes] == [Status.SCORED, *[Status.FAILED] * 3]
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_run_says_what_exactly_scored_it(
    sandbox: Sandbox, make_job: MakeJob, tmp_path: Path
) -> None:
    one, other = make_job(GOOD), make_job(GOOD + b"# another version\n")

    digests = [score(job, sandbox, tmp_path).digests for job in (one, one, other)]

    assert digests[0] == digests[1]
    assert digests[0]["program"] == one.program.digest != digests[2]["program"]
    assert digests[0]["truth"] == one.truth.digest


@pytest.mark.docker
def test_an_image_is_known_by_its_digest_and_not_by_its_name(
    make_job: MakeJob, tmp_path: Path, tagged: str, docker_sandbox: Sandbox
) -> None:
    outcome = score(make_job(image=tagged), docker_sandbox, tmp_path)

    client = docker.from_env()
    found = str(client.images.get(tagged).id)
    client.close()
    assert outcome.status is Status.SCORED, outcome.log
    assert outcome.digests["image"] == found.removeprefix("sha256:")


@pytest.fixture
def tagged(scorer_image: str) -> Iterator[str]:
    """Another name of the scorer image, as an organiser's own image has one."""
    client = docker.from_env()
    name = f"agon-test-{uuid4().hex[:8]}:latest"
    repository, _, tag = name.partition(":")
    client.images.get(scorer_image).tag(repository, tag)
    yield name
    client.images.remove(name)
    client.close()


@pytest.fixture
def docker_sandbox(scorer_image: str, tmp_path: Path) -> Iterator[Sandbox]:
    with open_host("docker", tmp_path / "docker", scorer_image=scorer_image) as host:
        yield host.sandbox


@pytest.mark.docker
@pytest.mark.parametrize("value", [None, ""])
def test_an_engine_is_found_without_being_told_where(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("DOCKER_HOST", raising=False)
    else:
        monkeypatch.setenv("DOCKER_HOST", value)

    client = connect()

    assert client.ping()
    client.close()


@pytest.mark.parametrize("address", ["nonsense://", "unix:///no/such.sock", "tcp://127.0.0.1:1"])
def test_an_engine_at_an_odd_address_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)

    with pytest.raises(SandboxUnavailable, match="No Docker engine answers"):
        connect().ping()
