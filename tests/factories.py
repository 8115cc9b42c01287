"""Valid objects for tests; a test states only what it is about."""

import copy
import itertools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from allauth.account.models import EmailAddress
from django.utils import timezone

from challenges.blobs import site_blobs
from challenges.config import read_folder
from challenges.models import (
    Challenge,
    Evaluation,
    Lease,
    Membership,
    Phase,
    Submission,
    Team,
    User,
)
from challenges.services import reports
from challenges.services.joining import join
from challenges.services.loading import load_challenge
from challenges.services.submissions import Details, Upload, submit
from evaluator.codes import Code, Status
from evaluator.manifests import FileEntry, Manifest
from evaluator.outcomes import Artifact, ArtifactKind, Outcome, Usage

_numbers = itertools.count(1)

CONFIG: dict[str, Any] = {
    "agon": 1,
    "slug": "rain",
    "title": "Rain tomorrow",
    "summary": "Say for each station whether it rains tomorrow.",
    "organisers": ["ada@example.org"],
    "license": "CC0-1.0",
    "phases": [
        {
            "slug": "main",
            "title": "Main",
            "opens": "2026-01-01T00:00:00Z",
            "closes": "2036-01-01T00:00:00Z",
            "limits": {"per_day": 5, "total": 20, "in_flight": 5, "upload": "1 MiB"},
            "submission": {
                "cases": [
                    {
                        "id": "stations",
                        "path": "rain.csv",
                        "dtype": "integer",
                        "column": "rain",
                        "index": "id",
                    }
                ]
            },
            "scoring": {"metrics": [{"key": "accuracy", "metric": "accuracy"}]},
            "leaderboard": {
                "columns": [
                    {"key": "accuracy", "title": "Accuracy", "better": "higher", "digits": 3}
                ]
            },
        }
    ],
}
TRUTH = b"id,rain\n1,0\n2,1\n3,1\n4,0\n"


def config(**changes: Any) -> dict[str, Any]:
    """Return a valid `challenge.yaml` as data; `changes` replace keys of its only phase."""
    data = copy.deepcopy(CONFIG)
    data["phases"][0].update(changes)
    return data


def write_folder(
    folder: Path, data: Mapping[str, Any] | None = None, files: Mapping[str, bytes] | None = None
) -> Path:
    """Write a challenge folder and return it."""
    contents = {
        "pages/overview.md": b"# Rain tomorrow\n\nWill it rain?\n",
        "pages/rules.md": b"# Rules\n\nBe fair.\n",
        "public/sample.csv": b"id,rain\n1,0\n",
        "truth/rain.csv": TRUTH,
        "challenge.yaml": yaml.safe_dump(dict(data or config()), sort_keys=False).encode(),
        **(files or {}),
    }
    for path, content in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def make_challenge(
    folder: Path, data: Mapping[str, Any] | None = None, files: Mapping[str, bytes] | None = None
) -> Challenge:
    """Return a loaded challenge whose folder is written to `folder`."""
    return load_challenge(read_folder(write_folder(folder, data, files)), rescore=True).challenge


def only_phase(challenge: Challenge) -> Phase:
    """Return the challenge's only phase."""
    return challenge.phases.get()


def make_user(email: str = "", name: str = "", password: str = "correct horse") -> User:
    """Return an account with a verified address."""
    number = next(_numbers)
    user = User.objects.create_user(
        email or f"person-{number}@example.org", password, name=name or f"Person {number}"
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_membership(challenge: Challenge, user: User | None = None, team: str = "") -> Membership:
    """Return a person's membership in a team of one."""
    name = team or f"Team {next(_numbers)}"
    return join(challenge=challenge, user=user or make_user(), team_name=name, accepts_rules=True)


def make_team(challenge: Challenge, name: str = "") -> Team:
    """Return a team with one member."""
    return make_membership(challenge, team=name).team


def make_upload(content: bytes = TRUTH, filename: str = "rain.csv") -> Upload:
    """Return an upload whose bytes are in the blob store."""
    digest, size = site_blobs().put([content])
    return Upload(filename, Manifest(files=(FileEntry(path=filename, size=size, sha256=digest),)))


def make_submission(
    phase: Phase,
    team: Team | None = None,
    *,
    details: Details | None = None,
    upload: Upload | None = None,
) -> Submission:
    """Return a queued submission."""
    team = team or make_team(phase.challenge)
    member = team.memberships.first()
    return submit(
        team=team,
        phase=phase,
        user=member.user if member else None,
        upload=upload or make_upload(),
        details=details or Details(),
    )


def start(evaluation: Evaluation) -> Lease:
    """Claim a queued evaluation as the dispatcher does and return the lease."""
    lease = Lease(evaluation.pk, evaluation.attempt + 1)
    assert Evaluation.objects.claim(lease)
    return lease


def scored(
    scores: Mapping[str, float], cases: Mapping[str, Mapping[str, float]] | None = None
) -> Outcome:
    """Return the outcome of a run that went well."""
    return Outcome(
        status=Status.SCORED,
        scores=dict(scores),
        cases={case: dict(values) for case, values in (cases or {}).items()},
        usage=Usage(wall_seconds=1.5, cpu_seconds=1.0, memory_peak_bytes=50 * 1024**2),
        runtime="test",
        log="scored\n",
    )


def artifact(name: str, content: bytes = b"", case: str = "", words: str = "") -> Artifact:
    """Return a file beside the scores whose bytes are in the blob store."""
    kinds = {".png": "png", ".jpg": "jpeg", ".csv": "csv", ".json": "json", ".txt": "text"}
    kind = ArtifactKind(kinds[Path(name).suffix])
    digest, size = site_blobs().put([content])
    return Artifact(name=name, kind=kind, size=size, sha256=digest, case=case, words=words)


def rejected(code: Code = Code.CASE_MISSING, message: str = "Add rain.csv.") -> Outcome:
    """Return the outcome of a run that found the submission wanting."""
    return Outcome(status=Status.REJECTED, code=code, message=message)


def failed(code: Code = Code.SCORER_CRASHED, message: str = "The scorer stopped.") -> Outcome:
    """Return the outcome of a run for which the submission is not at fault."""
    return Outcome(status=Status.FAILED, code=code, message=message, log="Traceback: secret\n")


def finish(submission: Submission, outcome: Outcome) -> Submission:
    """Run every queued evaluation of a submission to the outcome."""
    for evaluation in submission.evaluations.filter(status=Status.QUEUED):
        reports.finish(start(evaluation), outcome)
    return submission


def make_scored(
    phase: Phase,
    team: Team | None = None,
    *,
    accuracy: float = 0.75,
    details: Details | None = None,
    submitted_at: datetime | None = None,
) -> Submission:
    """Return a scored submission that stands on the board."""
    submission = make_submission(phase, team, details=details)
    if submitted_at is not None:
        Submission.objects.filter(pk=submission.pk).update(submitted_at=submitted_at)
        submission.refresh_from_db()
    return finish(submission, scored({"accuracy": accuracy}, {"stations": {"accuracy": accuracy}}))


def host_with_slots(slots: int, queue: str = "default") -> None:
    """Make a live host known."""
    reports.hello(host=f"host-{next(_numbers)}", queue=queue, slots=slots, runtime="test")


def days(number: float) -> timedelta:
    """Return a span of days."""
    return timedelta(days=number)


def utc(text: str) -> datetime:
    """Return a time in UTC from `2026-01-31T12:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def now() -> datetime:
    """Return the present time."""
    return timezone.now()
