"""One job from its inputs to its outcome: check, then score, each inside a sandbox."""

import hashlib
import json
import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import assert_never

from pydantic import ValidationError

from evaluator import SCORER_RELEASE
from evaluator.blobs import LocalBlobs, open_store
from evaluator.codes import Code, Status
from evaluator.errors import ImageUnavailable, InputUnavailable, SandboxUnavailable
from evaluator.host.artifacts import listing, with_files, with_pictures
from evaluator.host.kernels import IN_RUN, Kernels
from evaluator.host.reports import plain, read_report
from evaluator.host.trees import TreeCache, materialise
from evaluator.host.verdicts import failed, rejected, stopped_in_check, stopped_in_program
from evaluator.inside.orders import Orders, Report
from evaluator.jobs import MIB, Job
from evaluator.manifests import MAX_FILES, FileEntry, Manifest
from evaluator.metrics.catalogue import info_of
from evaluator.outcomes import Outcome, Usage
from evaluator.pictures import FOLDER, MAX_PICTURE_BYTES
from evaluator.plans import Metric, MetricsPlan, ProgramPlan
from evaluator.results import MAX_BYTES, Result, ResultInvalid, read_result
from evaluator.sandbox.base import Limits, Mount, Run, Sandbox, SandboxTask

logger = logging.getLogger(__name__)

INSIDE = ("python", "-I", "/agon/lib/evaluator/inside/__main__.py")
REPORT_BYTES = 4 * MIB  # report and result of our own code; an unpacked archive comes on top


@dataclass
class Attempt:
    """One attempt at a job on this host: its folder, and what its sandboxes used and said."""

    job: Job
    folder: Path
    sandbox: Sandbox
    trees: TreeCache
    cancelled: Event
    kernels: Kernels | None = None
    usage: Usage = field(default_factory=Usage)
    log: str = ""
    image: str = ""  # of the last sandbox, which is the one that scores

    @property
    def name(self) -> str:
        """Unique among the living."""
        return f"{self.job.evaluation_id}-{self.job.attempt}"

    def run(self, stage: str, task: SandboxTask) -> Run:
        """Run one sandbox and note its usage and log."""
        run = self.sandbox.run(task, cancelled=self.cancelled)
        self.usage += run.usage
        self.image = run.image
        text = plain(run.log.decode("utf-8", "replace"))
        self.log += f"--- {stage}: {run.end}, exit code {run.exit_code}\n{text}"
        return run


def evaluate(
    job: Job,
    *,
    sandbox: Sandbox,
    trees: TreeCache,
    scratch: Path,
    cancelled: Event,
    kernels: Kernels | None = None,
) -> Outcome:
    """Return how the job ended; whatever the submission or the scorer does is an outcome."""
    attempt = Attempt(
        job, scratch / f"{job.evaluation_id}-{job.attempt}", sandbox, trees, cancelled, kernels
    )
    shutil.rmtree(attempt.folder, ignore_errors=True)
    attempt.folder.mkdir(parents=True, mode=0o700)
    try:
        outcome = _outcome(attempt)
    except ImageUnavailable as error:
        outcome = _platform_failed(attempt, Code.IMAGE_UNAVAILABLE, error)
    except InputUnavailable as error:
        outcome = _platform_failed(attempt, Code.INPUT_UNAVAILABLE, error)
    except SandboxUnavailable as error:
        outcome = _platform_failed(attempt, Code.SANDBOX_FAILED, error)
    finally:
        shutil.rmtree(attempt.folder, ignore_errors=True)
    return outcome.model_copy(
        update={
            "usage": attempt.usage,
            "log": attempt.log[-job.resources.log_bytes :],
            "runtime": sandbox.description,
            "digests": _digests(attempt),
        }
    )


def _outcome(attempt: Attempt) -> Outcome:
    blobs = open_store(attempt.job.blobs)
    materialise(attempt.job.submission, blobs, attempt.folder / "upload")
    match attempt.job.plan:
        case MetricsPlan() as plan:
            return _score_with_metrics(attempt, plan, blobs)
        case ProgramPlan() as plan:
            return _score_with_program(attempt, plan, blobs)
        case _ as never:
            assert_never(never)


def _score_with_metrics(attempt: Attempt, plan: MetricsPlan, blobs: LocalBlobs) -> Outcome:
    if attempt.kernels and any(_is_compiled(metric) for metric in plan.metrics):
        attempt.kernels.wait(attempt.cancelled)
    run = _run_inside(attempt, blobs, "score", ("report.json", "result.json", FOLDER))
    output = attempt.folder / "score"
    report = _report(run, output)
    if report is None:
        return stopped_in_check(run, attempt.job.resources)
    if report.problems:
        return rejected(report)
    outcome = _scored(output, tuple(metric.key for metric in plan.metrics), report.notes)
    cases = attempt.job.pictures
    return with_pictures(outcome, report.pictures, cases=cases, output=output, blobs=blobs)


def _is_compiled(metric: Metric) -> bool:
    """True for a metric that runs compiled loops on the smallest case."""
    return info_of(metric.metric, metric.parameters).is_compiled


def _score_with_program(attempt: Attempt, plan: ProgramPlan, blobs: LocalBlobs) -> Outcome:
    submission = attempt.folder / "upload"
    notes: tuple[str, ...] = ()
    if plan.cases or _is_archive(attempt):
        run = _run_inside(attempt, blobs, "check", ("report.json", "submission"))
        output = attempt.folder / "check"
        report = _report(run, output)
        if report is None:
            return stopped_in_check(run, attempt.job.resources)
        if report.problems:
            return rejected(report)
        try:
            submission, notes = _checked_tree(attempt, report, blobs), report.notes
        except ValidationError:  # names that no honest check reports
            return failed(Code.OUTPUT_UNSAFE)
    run = _run_program(attempt, plan, blobs, submission)
    if not run.is_clean:
        return stopped_in_program(run, attempt.job.resources)
    output = attempt.folder / "program"
    outcome, log = with_files(_scored(output, plan.keys, notes), output=output, blobs=blobs)
    attempt.log += log
    return outcome


def _is_archive(attempt: Attempt) -> bool:
    """True when the upload may be one ZIP file: its first two bytes are looked at, no more."""
    files = attempt.job.submission.files
    if len(files) != 1:
        return False
    with (attempt.folder / "upload" / files[0].path).open("rb") as file:
        return file.read(2) == b"PK"


def _checked_tree(attempt: Attempt, report: Report, blobs: LocalBlobs) -> Path:
    """Return the submission as the check has read it: unpacked, or under its expected names."""
    unpacked = attempt.folder / "check" / "submission"
    if unpacked.is_dir():
        return unpacked
    found = {entry.path: entry for entry in attempt.job.submission.files}
    top = f"{report.root}/" if report.root else ""
    expected = {f"{top}{name}": path for path, name in report.names.items()}
    named = Manifest(
        files=tuple(
            FileEntry(
                path=expected.get(path, path.removeprefix(top)),
                size=entry.size,
                sha256=entry.sha256,
            )
            for path, entry in found.items()
        )
    )
    folder = attempt.folder / "submission"
    materialise(named, blobs, folder)
    return folder


def _run_inside(attempt: Attempt, blobs: LocalBlobs, stage: str, collect: tuple[str, ...]) -> Run:
    resources = attempt.job.resources
    orders = Orders(
        plan=attempt.job.plan,
        task="score" if stage == "score" else "check",
        scratch_bytes=resources.scratch_bytes,
        cpus=resources.cpus,
        memory_bytes=resources.memory_bytes,
        seed=attempt.job.seed,
        wall_seconds=resources.wall_seconds,
        pictures=attempt.job.pictures if stage == "score" else (),
    )
    job = _folder(attempt, f"{stage}-job")
    (job / "orders.json").write_text(orders.model_dump_json())
    picture_bytes = len(orders.pictures) * MAX_PICTURE_BYTES
    unpacked_bytes = resources.scratch_bytes if _is_archive(attempt) else 0
    task = SandboxTask(
        name=f"{attempt.name}-{stage}",
        command=INSIDE,
        mounts=(
            Mount(attempt.folder / "upload", "/agon/upload"),
            Mount(attempt.trees.tree(attempt.job.truth, blobs), "/agon/truth"),
            Mount(job, "/agon/job"),
            *_shown(attempt, blobs),
        ),
        environment=IN_RUN,
        output=_folder(attempt, stage),
        collect=collect,
        limits=_limits(attempt.job, output_bytes=REPORT_BYTES + picture_bytes + unpacked_bytes),
    )
    return attempt.run(stage, task)


def _shown(attempt: Attempt, blobs: LocalBlobs) -> tuple[Mount, ...]:
    """Return what our own code needs besides: compiled loops, and metrics of the organiser's."""
    shown = attempt.kernels.mounts() if attempt.kernels else ()
    job = attempt.job
    if isinstance(job.plan, MetricsPlan) and job.program.files:
        shown += (Mount(attempt.trees.tree(job.program, blobs), "/agon/program"),)
    return shown


def _run_program(attempt: Attempt, plan: ProgramPlan, blobs: LocalBlobs, submission: Path) -> Run:
    job = _folder(attempt, "program-job")
    (job / "cases.json").write_text(json.dumps([case.id for case in plan.cases]))
    task = SandboxTask(
        name=f"{attempt.name}-program",
        command=plan.command,
        workdir="/agon/program",
        image=plan.image,
        mounts=(
            Mount(submission, "/agon/submission"),
            Mount(attempt.trees.tree(attempt.job.truth, blobs), "/agon/truth"),
            Mount(attempt.trees.tree(attempt.job.program, blobs), "/agon/program"),
            Mount(job, "/agon/job"),
        ),
        environment={"AGON_CASES": "/agon/job/cases.json", "AGON_SEED": str(attempt.job.seed)},
        output=_folder(attempt, "program"),
        collect=("result.json",),
        listing=listing(),
        limits=_limits(attempt.job, output_bytes=attempt.job.resources.output_bytes),
    )
    return attempt.run("program", task)


def _limits(job: Job, *, output_bytes: int) -> Limits:
    return Limits(
        cpus=job.resources.cpus,
        memory_bytes=job.resources.memory_bytes,
        wall_seconds=job.resources.wall_seconds,
        processes=job.resources.processes,
        output_bytes=output_bytes,
        log_bytes=job.resources.log_bytes,
        output_files=MAX_FILES,
        gpus=job.resources.gpus,
    )


def _folder(attempt: Attempt, name: str) -> Path:
    folder = attempt.folder / name
    folder.mkdir()
    return folder


def _report(run: Run, output: Path) -> Report | None:
    """Return what our own code found; None when it did not come to a good end."""
    path = output / "report.json"
    if not run.is_clean or not path.is_file():
        return None
    return read_report(path)


def _scored(output: Path, keys: tuple[str, ...], notes: tuple[str, ...]) -> Outcome:
    path = output / "result.json"
    if not path.is_file():
        return failed(Code.OUTPUT_MISSING)
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    try:
        result: Result = read_result(content, keys)
    except ResultInvalid as error:
        logger.info("result.invalid code=%s reason=%s", error.code, error)
        return failed(Code(error.code))
    return Outcome(
        status=Status.SCORED,
        scores=result.scores,
        cases=result.cases,
        replicates=result.replicates,
        notes=notes,
    )


def _platform_failed(attempt: Attempt, code: Code, error: Exception) -> Outcome:
    logger.error(
        "evaluation.platform_failed evaluation_id=%s code=%s reason=%s",
        attempt.job.evaluation_id,
        code,
        error,
    )
    attempt.log += f"--- {code}: {error}\n"
    return failed(code)


def _digests(attempt: Attempt) -> dict[str, str]:
    job = attempt.job
    plan = f"{SCORER_RELEASE}\n{job.plan.model_dump_json()}"
    digests = {
        "submission": job.submission.digest,
        "truth": job.truth.digest,
        "program": job.program.digest,
        "plan": hashlib.sha256(plan.encode()).hexdigest(),
    }
    return digests | ({"image": attempt.image} if attempt.image else {})
