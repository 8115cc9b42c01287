"""What locks and guards promise, with real threads on a real database.

Runs on the database of the settings: `make test` takes SQLite and PostgreSQL in turn.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Lock

import pytest
from django.db import connection

from challenges.errors import ChallengeError, SubmissionQuotaExceeded
from challenges.models import Challenge, Entry, Evaluation, Phase, Score, StaleAttempt, Submission
from challenges.services import dispatch, reports
from evaluator.codes import Status
from evaluator.jobs import Job
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    limits = {"per_day": 3, "total": 100, "in_flight": 100}
    return factories.make_challenge(tmp_path, factories.config(limits=limits))


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


def at_once(number: int, work: Callable[[], object]) -> list[object]:
    """Run `work` in threads that start together; errors of the domain are results."""
    barrier = Barrier(number)

    def run(_: int) -> object:
        barrier.wait()
        try:
            return work()
        except ChallengeError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_one_place_in_the_quota_is_used_once(phase: Phase) -> None:
    team = factories.make_team(phase.challenge)
    upload = factories.make_upload()

    results = at_once(8, lambda: factories.make_submission(phase, team, upload=upload))

    refused = [result for result in results if isinstance(result, SubmissionQuotaExceeded)]
    assert len(refused) == 5
    assert Submission.objects.count() == 3


def test_many_dispatchers_send_each_evaluation_once(phase: Phase) -> None:
    for _ in range(20):
        factories.make_submission(phase)
    factories.host_with_slots(100)
    sent: list[Job] = []
    lock = Lock()

    def send(_: str, job: Job) -> None:
        with lock:
            sent.append(job)

    at_once(4, lambda: dispatch.dispatch(send))

    assert len(sent) == 20
    assert len({job.evaluation_id for job in sent}) == 20


def test_a_result_that_is_delivered_many_times_is_stored_once(phase: Phase) -> None:
    evaluation = factories.make_submission(phase).evaluations.get()
    lease = factories.start(evaluation)

    results = at_once(6, lambda: reports.finish(lease, factories.scored({"accuracy": 0.5})))

    assert sum(isinstance(result, StaleAttempt) for result in results) == 5
    assert Score.objects.count() == 1
    evaluation.refresh_from_db()
    assert evaluation.status == Status.SCORED


def test_results_of_one_team_that_arrive_together_leave_the_best_on_the_board(
    phase: Phase,
) -> None:
    team = factories.make_team(phase.challenge)
    waiting = [
        (factories.start(factories.make_submission(phase, team).evaluations.get()), accuracy)
        for accuracy in (0.2, 0.9, 0.4)
    ]
    lock = Lock()

    def finish() -> None:
        with lock:
            lease, accuracy = waiting.pop()
        reports.finish(lease, factories.scored({"accuracy": accuracy}))

    at_once(3, finish)

    entry = Entry.objects.get()
    assert entry.submission.evaluations.get().scores.get().value == 0.9
    assert entry.submissions == 3
    assert Evaluation.objects.filter(status=Status.SCORED).count() == 3
