"""Every move of an evaluation is guarded by its status and its attempt."""

from pathlib import Path

import pytest
from django.core import mail

from challenges.models import Evaluation, Lease, Phase, Score, StaleAttempt
from challenges.services import dispatch, reports, sweeping
from challenges.services.submissions import cancel
from evaluator.codes import Code, Status
from evaluator.jobs import Job
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def phase(tmp_path: Path) -> Phase:
    factories.make_user("ada@example.org", "Ada")
    return factories.only_phase(factories.make_challenge(tmp_path))


@pytest.fixture
def evaluation(phase: Phase) -> Evaluation:
    return factories.make_submission(phase).evaluations.get()


def expire(evaluation: Evaluation) -> None:
    """Let the lease of a running evaluation run out."""
    Evaluation.objects.filter(pk=evaluation.pk).update(
        lease_until=factories.utc("2026-01-01T00:00")
    )


def test_only_one_of_two_dispatchers_claims_a_row(evaluation: Evaluation) -> None:
    lease = Lease(evaluation.pk, 1)

    claims = [Evaluation.objects.claim(lease), Evaluation.objects.claim(lease)]

    assert claims == [True, False]


def test_a_result_is_stored_once(evaluation: Evaluation) -> None:
    lease = factories.start(evaluation)
    reports.finish(lease, factories.scored({"accuracy": 0.5}))

    with pytest.raises(StaleAttempt):
        reports.finish(lease, factories.scored({"accuracy": 0.9}))

    assert [score.value for score in Score.objects.all()] == [0.5]


def test_the_result_of_an_old_attempt_is_refused(evaluation: Evaluation) -> None:
    old = factories.start(evaluation)
    expire(evaluation)
    sweeping.sweep()
    evaluation.refresh_from_db()
    new = factories.start(evaluation)

    with pytest.raises(StaleAttempt):
        reports.finish(old, factories.scored({"accuracy": 0.9}))
    reports.finish(new, factories.scored({"accuracy": 0.5}))

    assert Score.objects.get().value == 0.5


def test_a_refused_result_leaves_no_score_and_no_event(evaluation: Evaluation) -> None:
    factories.start(evaluation)
    before = evaluation.events.count()

    with pytest.raises(StaleAttempt):
        reports.finish(Lease(evaluation.pk, 7), factories.scored({"accuracy": 0.9}))

    assert not Score.objects.exists()
    assert evaluation.events.count() == before


def test_a_heartbeat_renews_the_lease_of_its_own_attempt_only(evaluation: Evaluation) -> None:
    lease = factories.start(evaluation)

    assert reports.heartbeat(lease, host="a")
    assert not reports.heartbeat(Lease(evaluation.pk, lease.attempt + 1), host="b")
    evaluation.refresh_from_db()
    assert evaluation.host == "a"


def test_a_lost_run_is_queued_again_twice_and_fails_the_third_time(
    evaluation: Evaluation, django_capture_on_commit_callbacks: object
) -> None:
    statuses = []
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # fixture
        for _ in range(3):
            evaluation.refresh_from_db()
            factories.start(evaluation)
            expire(evaluation)
            assert sweeping.sweep() == 1
            evaluation.refresh_from_db()
            statuses.append((evaluation.status, evaluation.code))

    assert statuses == [("queued", ""), ("queued", ""), ("failed", Code.HOST_LOST)]
    assert mail.outbox[0].to == ["ada@example.org"]


def test_a_lease_that_has_not_run_out_is_left_alone(evaluation: Evaluation) -> None:
    factories.start(evaluation)

    assert sweeping.sweep() == 0


def test_a_run_given_back_in_good_order_counts_as_no_loss(evaluation: Evaluation) -> None:
    for _ in range(5):
        evaluation.refresh_from_db()
        dispatch.release(factories.start(evaluation), note="restart")

    evaluation.refresh_from_db()
    assert (evaluation.status, evaluation.losses, evaluation.attempt) == (Status.QUEUED, 0, 5)


def test_a_cancelled_run_takes_no_result(evaluation: Evaluation) -> None:
    lease = factories.start(evaluation)
    cancel(submission=evaluation.submission, by=factories.make_user())

    with pytest.raises(StaleAttempt):
        reports.finish(lease, factories.scored({"accuracy": 0.9}))

    assert not reports.heartbeat(lease, host="a")


def test_a_failure_tells_the_organisers_and_keeps_the_log(
    evaluation: Evaluation, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # fixture
        reports.finish(factories.start(evaluation), factories.failed())

    evaluation.refresh_from_db()
    assert evaluation.log_sha256
    assert "scorer-crashed" in mail.outbox[0].subject
    assert "secret" not in mail.outbox[0].body


def test_dispatch_sends_no_more_than_the_hosts_can_take(phase: Phase) -> None:
    for _ in range(3):
        factories.make_submission(phase)
    factories.host_with_slots(2)
    sent: list[Job] = []

    first = dispatch.dispatch(lambda _, job: sent.append(job))
    second = dispatch.dispatch(lambda _, job: sent.append(job))

    assert (first, second) == (2, 0)
    assert {job.attempt for job in sent} == {1}


def test_without_a_live_host_nothing_is_sent(evaluation: Evaluation) -> None:
    assert dispatch.dispatch(lambda *_: None) == 0
    evaluation.refresh_from_db()
    assert evaluation.status == Status.QUEUED


def test_a_job_that_the_broker_did_not_take_is_queued_again(evaluation: Evaluation) -> None:
    factories.host_with_slots(1)

    def refuse(*_: object) -> None:
        raise dispatch.BrokerUnavailable("no broker")

    with pytest.raises(dispatch.BrokerUnavailable):
        dispatch.dispatch(refuse)

    evaluation.refresh_from_db()
    assert (evaluation.status, evaluation.losses) == (Status.QUEUED, 0)


def test_a_job_names_everything_by_digest_and_holds_no_path_of_the_database(
    evaluation: Evaluation,
) -> None:
    factories.start(evaluation)
    evaluation.refresh_from_db()

    job = dispatch.build_job(evaluation)

    assert Job.model_validate_json(job.model_dump_json()) == job
    assert job.truth.files[0].path == "rain.csv"
    assert "sqlite" not in job.model_dump_json()
