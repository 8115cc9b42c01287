"""Handing in: deadlines, quotas, details."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from challenges.errors import (
    MetadataInvalid,
    PhaseClosed,
    PhaseNotOpen,
    SubmissionQuotaExceeded,
    TooManyInFlight,
    UploadEmpty,
    UploadTooLarge,
)
from challenges.models import Challenge, Evaluation, Phase, Submission
from challenges.services import reports
from challenges.services.submissions import Details, cancel, check_phase_open
from evaluator.codes import Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    return factories.make_challenge(tmp_path)


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


def test_a_submission_is_stored_with_one_queued_evaluation_a_task(phase: Phase) -> None:
    submission = factories.make_submission(phase)

    evaluation = submission.evaluations.get()
    assert evaluation.status == Status.QUEUED
    assert evaluation.is_current
    assert [event.status for event in evaluation.events.all()] == [Status.QUEUED]


def test_a_phase_takes_uploads_from_its_first_instant_to_the_last_before_it_closes(
    phase: Phase,
) -> None:
    instant = timedelta(microseconds=1)

    check_phase_open(phase, phase.opens_at)
    check_phase_open(phase, phase.closes_at - instant)

    with pytest.raises(PhaseNotOpen, match="opens on 2026-01-01 00:00:00 UTC"):
        check_phase_open(phase, phase.opens_at - instant)
    with pytest.raises(PhaseClosed, match="closed on 2036-01-01 00:00:00 UTC"):
        check_phase_open(phase, phase.closes_at)


def test_a_closed_phase_stores_nothing(phase: Phase) -> None:
    phase.closes_at = timezone.now()

    with pytest.raises(PhaseClosed):
        factories.make_submission(phase)

    assert not Submission.objects.exists()


def test_the_days_quota_says_when_the_next_upload_is_taken(phase: Phase) -> None:
    team = factories.make_team(phase.challenge)
    for _ in range(5):
        factories.make_scored(phase, team)

    with pytest.raises(SubmissionQuotaExceeded, match=r"5 submissions a day.* 00:00:00 UTC"):
        factories.make_submission(phase, team)


def test_yesterdays_submissions_leave_todays_quota_alone(phase: Phase) -> None:
    team = factories.make_team(phase.challenge)
    for _ in range(5):
        factories.make_scored(phase, team)
    yesterday = timezone.now() - timedelta(days=1)
    team.submissions.update(submitted_at=yesterday)

    factories.make_submission(phase, team)

    assert team.submissions.count() == 6


def test_the_whole_quota_has_no_next_time(phase: Phase) -> None:
    team = factories.make_team(phase.challenge)
    for _ in range(20):
        factories.make_scored(phase, team)
        team.submissions.update(submitted_at=timezone.now() - timedelta(days=2))

    with pytest.raises(SubmissionQuotaExceeded, match="20 submissions in all"):
        factories.make_submission(phase, team)


def test_a_team_has_only_so_many_submissions_in_flight(phase: Phase) -> None:
    team = factories.make_team(phase.challenge)
    for _ in range(5):
        factories.make_submission(phase, team)

    with pytest.raises(TooManyInFlight, match="5 of your team's submissions"):
        factories.make_submission(phase, team)


@pytest.mark.parametrize("outcome", [factories.rejected(), factories.failed()])
def test_what_was_not_scored_costs_no_quota(phase: Phase, outcome: object) -> None:
    team = factories.make_team(phase.challenge)
    for _ in range(5):
        factories.finish(factories.make_submission(phase, team), outcome)  # type: ignore[arg-type]  # parametrised

    submission = factories.make_submission(phase, team)

    assert submission.status == Status.QUEUED


def test_rejected_ones_cost_quota_where_the_phase_says_so(tmp_path: Path) -> None:
    limits = {"per_day": 1, "counts_rejected": True}
    challenge = factories.make_challenge(tmp_path, factories.config(limits=limits))
    phase = factories.only_phase(challenge)
    team = factories.make_team(challenge)
    factories.finish(factories.make_submission(phase, team), factories.rejected())

    with pytest.raises(SubmissionQuotaExceeded):
        factories.make_submission(phase, team)


def test_an_empty_upload_is_refused(phase: Phase) -> None:
    with pytest.raises(UploadEmpty):
        factories.make_submission(phase, upload=factories.make_upload(b""))


def test_an_upload_over_the_limit_is_refused(phase: Phase) -> None:
    upload = factories.make_upload(bytes(1024**2 + 1))

    with pytest.raises(UploadTooLarge, match="1 MiB"):
        factories.make_submission(phase, upload=upload)

    assert not Evaluation.objects.exists()


def test_metadata_has_to_fit_the_challenges_schema(tmp_path: Path) -> None:
    data = factories.config()
    data["metadata_schema"] = {
        "type": "object",
        "properties": {"code": {"type": "string"}},
        "required": ["code"],
        "additionalProperties": False,
    }
    phase = factories.only_phase(factories.make_challenge(tmp_path, data))

    with pytest.raises(MetadataInvalid, match="'code' is a required property"):
        factories.make_submission(phase, details=Details(metadata={}))
    with pytest.raises(MetadataInvalid, match="code: 3 is not of type 'string'"):
        factories.make_submission(phase, details=Details(metadata={"code": 3}))


def test_a_challenge_without_a_schema_takes_no_metadata(phase: Phase) -> None:
    with pytest.raises(MetadataInvalid):
        factories.make_submission(phase, details=Details(metadata={"any": "thing"}))


def test_a_re_score_does_not_keep_a_team_from_handing_in(phase: Phase) -> None:
    team = factories.make_team(phase.challenge)
    for _ in range(4):
        factories.make_submission(phase, team)
    Evaluation.objects.update(is_rescore=True)

    submission = factories.make_submission(phase, team)

    assert submission.team == team


def test_cancelling_after_one_of_two_tasks_was_scored_costs_quota(tmp_path: Path) -> None:
    case = {
        "id": "stations",
        "path": "rain.csv",
        "dtype": "integer",
        "column": "rain",
        "index": "id",
    }
    scoring = {"metrics": [{"key": "accuracy", "metric": "accuracy"}]}
    tasks = [{"slug": slug, "cases": [case], "scoring": scoring} for slug in ("one", "two")]
    column = {"key": "one.accuracy", "title": "Accuracy", "better": "higher"}
    data = factories.config(
        tasks=tasks, submission={}, limits={"per_day": 1}, leaderboard={"columns": [column]}
    )
    del data["phases"][0]["scoring"]
    phase = factories.only_phase(factories.make_challenge(tmp_path, data))
    submission = factories.make_submission(phase)
    first = submission.evaluations.get(task__slug="one")
    reports.finish(factories.start(first), factories.scored({"accuracy": 1.0}))
    cancel(submission=submission, by=factories.make_user())

    with pytest.raises(SubmissionQuotaExceeded):
        factories.make_submission(phase, submission.team)
