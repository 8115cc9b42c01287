"""A challenge with 2,000 teams and 100,000 scored submissions, made in bulk."""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction

from challenges.config import read_folder
from challenges.models import (
    Challenge,
    Entry,
    Evaluation,
    Leaderboard,
    Membership,
    Phase,
    Score,
    Split,
    Submission,
    Task,
    Team,
    User,
)
from challenges.ranking import Candidate, best
from challenges.services.loading import load_challenge
from evaluator.codes import Status
from evaluator.manifests import FileEntry, Manifest

DIGITS = Path(__file__).parents[2] / "challenges" / "gallery" / "digits"
TEAMS = 2000
PER_TEAM = 50
BATCH = 2000
BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
MANIFEST = Manifest(files=(FileEntry(path="labels.csv", size=5000, sha256="0" * 64),))


def make_board(*, teams: int = TEAMS, per_team: int = PER_TEAM) -> Leaderboard:
    """Store everything and return the board; scores are random, and the same each time."""
    challenge = load_challenge(read_folder(DIGITS)).challenge
    phase = challenge.phases.get()
    board = phase.leaderboards.get()
    chance = random.Random(17)
    with transaction.atomic():
        rows = _teams(challenge, teams)
        for team in _chunks(rows, BATCH // per_team):
            _hand_in(team, phase, board, per_team, chance)
        Leaderboard.objects.filter(pk=board.pk).update(version=1)
    return board


def make_member(challenge: Challenge) -> User:
    """Return a person who takes part with the first of the teams."""
    user = User.objects.create_user("grace@example.org", name="Grace")
    team = challenge.teams.order_by("pk")[0]
    Membership.objects.create(
        challenge=challenge, team=team, user=user, accepted_revision=challenge.revision
    )
    return user


def _teams(challenge: Challenge, number: int) -> list[Team]:
    rows = [Team(challenge=challenge, name=f"Team {n:04}") for n in range(number)]
    return Team.objects.bulk_create(rows, batch_size=BATCH)


def _hand_in(
    teams: list[Team], phase: Phase, board: Leaderboard, per_team: int, chance: random.Random
) -> None:
    task = phase.tasks.get()
    submissions = [s for team in teams for s in _submissions(team, phase, per_team, chance)]
    evaluations = [_evaluation(submission, task) for submission in submissions]
    scores = {e.submission_id: _scores(chance) for e in evaluations}
    Submission.objects.bulk_create(submissions, batch_size=BATCH)
    Evaluation.objects.bulk_create(evaluations, batch_size=BATCH)
    Score.objects.bulk_create(
        (
            Score(evaluation=evaluation, split=Split.ALL, key=key, value=value)
            for evaluation in evaluations
            for key, value in scores[evaluation.submission_id].items()
        ),
        batch_size=BATCH,
    )
    Entry.objects.bulk_create(
        _entry(board, submissions[n : n + per_team], scores)
        for n in range(0, len(submissions), per_team)
    )


def _submissions(
    team: Team, phase: Phase, number: int, chance: random.Random
) -> Iterator[Submission]:
    for n in range(number):
        yield Submission(
            phase=phase,
            team=team,
            method=f"method {n}",
            description="How it was done, in a few words. " * 5,
            metadata={"code_url": "https://example.org/code", "notes": "none"},
            filename="labels.csv",
            size_bytes=MANIFEST.size_bytes,
            manifest_json=MANIFEST.model_dump_json(),
            submitted_at=BEGIN + timedelta(seconds=chance.randrange(10_000_000)),
        )


def _evaluation(submission: Submission, task: Task) -> Evaluation:
    scorer, truth = task.versions
    return Evaluation(
        submission=submission,
        task=task,
        scorer=scorer,
        truth=truth,
        status=Status.SCORED,
        attempt=1,
        queued_at=submission.submitted_at,
        started_at=submission.submitted_at,
        ended_at=submission.submitted_at + timedelta(seconds=1),
        wall_seconds=0.5,
        cpu_seconds=0.4,
        memory_peak_bytes=50_000_000,
        runtime="bench",
    )


def _scores(chance: random.Random) -> dict[str, float]:
    accuracy = chance.uniform(0.5, 1.0)
    return {"accuracy": accuracy, "f1": accuracy - chance.uniform(0.0, 0.1)}


def _entry(
    board: Leaderboard, submissions: list[Submission], scores: dict[uuid.UUID, dict[str, float]]
) -> Entry:
    candidates = [
        Candidate(n, scores[submission.pk], submission.submitted_at)
        for n, submission in enumerate(submissions)
    ]
    leads = submissions[best(candidates, board.config).identity]
    return Entry(
        leaderboard=board,
        split=Split.ALL,
        team_id=leads.team_id,
        submission=leads,
        improved_at=leads.submitted_at,
        submissions=len(submissions),
    )


def _chunks(rows: list[Team], size: int) -> Iterator[list[Team]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
