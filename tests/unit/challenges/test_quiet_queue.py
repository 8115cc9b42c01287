"""A long queue costs nothing while it waits; a result changes only what it is about."""

import re
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from challenges.models import Evaluation, Phase, Submission
from challenges.services import dispatch, reports
from evaluator.codes import Status
from evaluator.jobs import Job
from tests import factories

pytestmark = pytest.mark.django_db
# What a result may change of its own row.
OF_A_RESULT = {
    *("status", "code", "message", "problems", "notes", "ended_at", "lease_until", "runtime"),
    *("digests", "log_sha256", "wall_seconds", "cpu_seconds", "memory_peak_bytes"),
    *("read_bytes", "written_bytes"),
}


@pytest.fixture
def phase(tmp_path: Path) -> Phase:
    limits = {"per_day": 100, "total": 100, "in_flight": 100, "upload": "1 MiB"}
    return factories.only_phase(factories.make_challenge(tmp_path, factories.config(limits=limits)))


def test_what_waits_is_neither_logged_nor_asked_for_row_by_row(
    phase: Phase, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = []
    for count in (1, 40):
        for _ in range(count):
            factories.make_submission(phase)
        with CaptureQueriesContext(connection) as queries:
            sent = dispatch.dispatch(lambda *_: None)
        numbers.append(len(queries))

    assert sent == 0  # no host is there
    assert numbers[0] == numbers[1] <= 4
    assert caplog.records == []


def test_what_was_handed_in_first_is_sent_first(phase: Phase) -> None:
    team = factories.make_team(phase.challenge)
    waiting = [factories.make_submission(phase, team).evaluations.get() for _ in range(5)]
    for n, evaluation in enumerate(reversed(waiting)):  # neither by number nor by time of making
        Evaluation.objects.filter(pk=evaluation.pk).update(
            queued_at=timezone.now() + n * factories.days(0.01)
        )
    factories.host_with_slots(5)
    sent: list[Job] = []

    dispatch.dispatch(lambda _, job: sent.append(job))

    assert [job.evaluation_id for job in sent] == [row.pk for row in reversed(waiting)]


def changed_columns(sql: str) -> tuple[str, set[str]]:
    """Return the table and the columns that an UPDATE names."""
    table, assignments = re.match(r'UPDATE "(\w+)" SET (.*?) WHERE', sql, re.DOTALL).groups()  # type: ignore[union-attr]  # only UPDATEs come here
    return table, set(re.findall(r'"(\w+)" = ', assignments))


def test_a_result_writes_only_its_own_columns(phase: Phase) -> None:
    evaluation = factories.make_submission(phase).evaluations.get()
    lease = factories.start(evaluation)

    with CaptureQueriesContext(connection) as queries:
        reports.finish(lease, factories.scored({"accuracy": 0.5}, {"a": {"accuracy": 0.5}}))

    updates = [q["sql"] for q in queries if q["sql"].startswith("UPDATE")]
    changes = dict(changed_columns(sql) for sql in updates)
    assert changes["challenges_evaluation"] <= OF_A_RESULT
    assert changes.keys() == {"challenges_evaluation", "challenges_leaderboard"}
    assert changes["challenges_leaderboard"] == {"version"}


def test_what_an_organiser_changes_while_a_run_goes_on_stays(phase: Phase) -> None:
    submission = factories.make_submission(phase)
    lease = factories.start(submission.evaluations.get())
    Submission.objects.filter(pk=submission.pk).update(method="renamed")
    Evaluation.objects.filter(pk=lease.evaluation_id).update(is_rescore=True)

    reports.finish(lease, factories.scored({"accuracy": 0.5}))

    submission.refresh_from_db()
    evaluation = submission.evaluations.get()
    assert (submission.method, evaluation.is_rescore) == ("renamed", True)
    assert evaluation.status == Status.SCORED


def test_no_service_and_no_view_saves_a_whole_row() -> None:
    root = Path(__file__).parents[3]
    files = [
        f
        for part in ("challenges/services", "challenges/selectors", "web")
        for f in (root / part).rglob("*.py")
    ]

    calls = {
        f"{file.name}: {call}"
        for file in files
        for call in re.findall(r"\.save\([^)]*\)", file.read_text())
        if "update_fields" not in call and "force_insert" not in call
    }

    # A demo account is made in the same transaction: nobody else can know it yet.
    assert calls <= {"gallery.py: .save()"}


def test_metadata_that_are_null_cannot_be_stored(phase: Phase) -> None:
    submission = factories.make_submission(phase)

    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(metadata=None)

    submission.refresh_from_db()
    assert submission.metadata == {}
