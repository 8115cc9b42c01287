"""A scoring program that misbehaves ends with its own code, and the platform goes on."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Timer
from uuid import uuid4

import pytest

from evaluator.blobs import LocalBlobs
from evaluator.codes import Code, Status
from evaluator.host.evaluate import evaluate
from evaluator.host.trees import TreeCache
from evaluator.jobs import MIB, Job, Resources
from evaluator.manifests import FileEntry, Manifest
from evaluator.outcomes import Outcome
from evaluator.plans import ProgramPlan
from evaluator.sandbox.base import Sandbox

Evaluate = Callable[..., Outcome]
GOOD = """
import json
open("/agon/output/result.json", "w").write(json.dumps({"scores": {"accuracy": 0.5}}))
"""


@pytest.fixture
def run(sandbox: Sandbox, tmp_path: Path) -> Evaluate:
    """Return a function that scores a submission with a program's text."""
    blobs = LocalBlobs(tmp_path / "blobs")

    def tree(**files: bytes) -> Manifest:
        entries = []
        for name, content in files.items():
            digest, size = blobs.put([content])
            entries.append(FileEntry(path=name.replace("_", "."), size=size, sha256=digest))
        return Manifest(files=tuple(entries))

    def evaluate_program(
        program: str, *, seconds: float = 20, cancelled: Event | None = None
    ) -> Outcome:
        job = Job(
            evaluation_id=uuid4(),
            attempt=1,
            submission=tree(wish_txt=b"hello"),
            truth=tree(truth_txt=b"the secret truth"),
            program=tree(score_py=program.encode()),
            plan=ProgramPlan(command=("python", "score.py"), keys=("accuracy",)),
            resources=Resources(
                cpus=1,
                memory_bytes=256 * MIB,
                wall_seconds=seconds,
                processes=32,
                output_bytes=4 * MIB,
            ),
            blobs=blobs.uri,
        )
        return evaluate(
            job,
            sandbox=sandbox,
            trees=TreeCache(tmp_path / "trees"),
            scratch=tmp_path / "runs",
            cancelled=cancelled or Event(),
        )

    return evaluate_program


def test_a_program_sees_submission_truth_and_itself_and_gives_a_score(run: Evaluate) -> None:
    outcome = run("""
import json, os, pathlib
assert pathlib.Path("/agon/submission/wish.txt").read_text() == "hello"
assert pathlib.Path("/agon/truth/truth.txt").read_text() == "the secret truth"
assert os.listdir("/agon/program") == ["score.py"] and os.getcwd() == "/agon/program"
assert json.loads(pathlib.Path(os.environ["AGON_CASES"]).read_text()) == []
int(os.environ["AGON_SEED"])
result = {"scores": {"accuracy": 0.25}, "cases": {"a": {"accuracy": 0.25}}}
pathlib.Path("/agon/output/result.json").write_text(json.dumps(result))
print("done")
""")

    assert (outcome.status, outcome.code) == (Status.SCORED, None), outcome.log
    assert outcome.scores == {"accuracy": 0.25}
    assert outcome.cases == {"a": {"accuracy": 0.25}}
    assert "done" in outcome.log
    assert outcome.usage.wall_seconds > 0
    assert set(outcome.digests) - {"image"} == {"submission", "truth", "program", "plan"}
    assert ("image" in outcome.digests) == outcome.runtime.startswith("Docker")


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("raise SystemExit(3)", Code.SCORER_CRASHED),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", Code.SCORER_CRASHED),
        ("def (", Code.SCORER_CRASHED),
        ("print('nothing written')", Code.OUTPUT_MISSING),
        ('open("/agon/output/result.json", "w").write("{")', Code.RESULT_INVALID),
        ('open("/agon/output/result.json", "w").write("5")', Code.RESULT_INVALID),
        ('open("/agon/output/result.json", "w").write("[1]")', Code.RESULT_INVALID),
        ('open("/agon/output/result.json", "w").write("[" * 100000)', Code.RESULT_INVALID),
        ('open("/agon/output/result.json", "w").write("x" * 2_000_000)', Code.RESULT_INVALID),
        (
            'open("/agon/output/result.json", "w").write(\'{"scores": {"accuracy": NaN}}\')',
            Code.SCORE_NOT_FINITE,
        ),
        (
            'open("/agon/output/result.json", "w").write(\'{"scores": {"accuracy": 1e999}}\')',
            Code.SCORE_NOT_FINITE,
        ),
        (
            'open("/agon/output/result.json", "w").write(\'{"scores": {"other": 1}}\')',
            Code.SCORE_MISSING,
        ),
        (
            'import os; os.symlink("/agon/truth/truth.txt", "/agon/output/result.json")',
            Code.OUTPUT_UNSAFE,
        ),
        ('open("/agon/output/big", "wb").write(bytes(1_000_000_000))', Code.OUTPUT_LIMIT),
        (
            'f = open("/agon/output/big", "wb")\nwhile True: f.write(bytes(1_000_000))',
            Code.OUTPUT_LIMIT,
        ),
        ("a = [bytearray(10_000_000) for _ in range(100)]", Code.MEMORY_LIMIT),
        (
            "import os\nwhile True:\n  pid = os.fork()\n  if not pid: import time; time.sleep(60)",
            Code.PROCESS_LIMIT,
        ),
    ],
)
def test_a_bad_program_fails_with_its_own_code_and_a_sentence(
    run: Evaluate, program: str, code: Code
) -> None:
    outcome = run(program)

    assert (outcome.status, outcome.code) == (Status.FAILED, code), outcome.log
    assert outcome.message.endswith("this costs your team nothing.")
    assert outcome.scores == {}
    assert run(GOOD).status is Status.SCORED


def test_a_program_that_hangs_is_ended_at_its_limit(run: Evaluate) -> None:
    outcome = run("import time; time.sleep(100)", seconds=1)

    assert (outcome.status, outcome.code) == (Status.FAILED, Code.TIME_LIMIT)
    assert 0.5 < outcome.usage.wall_seconds < 3


def test_a_flooded_log_is_cut_and_does_not_end_the_run(run: Evaluate) -> None:
    outcome = run("for _ in range(200_000): print('x' * 100)\n" + GOOD)

    assert outcome.status is Status.SCORED, outcome.log[-500:]
    assert len(outcome.log) <= 64 * 1024


def test_a_log_cannot_carry_control_bytes(run: Evaluate) -> None:
    outcome = run('import sys; sys.stdout.buffer.write(b"a\\0b\\x1b[31mred\\xff\\n")\n' + GOOD)

    assert outcome.status is Status.SCORED
    assert "\0" not in outcome.log
    assert "\x1b" not in outcome.log


def test_what_a_program_prints_never_reaches_the_participant(run: Evaluate) -> None:
    outcome = run('raise ValueError(open("/agon/truth/truth.txt").read())')

    assert outcome.code is Code.SCORER_CRASHED
    assert "secret" in outcome.log
    assert "secret" not in outcome.message
    assert not outcome.problems


def test_a_cancelled_run_ends_within_two_seconds(run: Evaluate) -> None:
    cancelled = Event()
    Timer(0.5, cancelled.set).start()

    outcome = run("import time; time.sleep(100)", cancelled=cancelled)

    assert outcome.status is Status.CANCELLED
    assert outcome.usage.wall_seconds < 3


def test_an_input_that_is_gone_fails_without_costing_the_team(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    lost = Manifest(files=(FileEntry(path="a.txt", size=1, sha256="0" * 64),))
    job = Job(
        evaluation_id=uuid4(),
        attempt=1,
        submission=lost,
        truth=Manifest(files=()),
        program=Manifest(files=()),
        plan=ProgramPlan(command=("python", "score.py"), keys=("accuracy",)),
        resources=Resources(),
        blobs=LocalBlobs(tmp_path / "blobs").uri,
    )

    outcome = evaluate(
        job,
        sandbox=sandbox,
        trees=TreeCache(tmp_path / "trees"),
        scratch=tmp_path / "runs",
        cancelled=Event(),
    )

    assert (outcome.status, outcome.code) == (Status.FAILED, Code.INPUT_UNAVAILABLE)
