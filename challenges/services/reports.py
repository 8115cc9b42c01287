"""Takes in what hosts report: heartbeats, results, hand-backs."""

import logging
from collections.abc import Mapping

from django.db import transaction
from django.db.models.functions import Now

from challenges.aggregation import SplitScoresMissing, split_scores
from challenges.blobs import site_blobs
from challenges.models import CaseScore, Evaluation, Event, Host, Lease, Split
from challenges.services.artifacts import store_artifacts
from challenges.services.boards import refresh
from challenges.services.notices import tell_organisers
from challenges.services.splitting import store_scores
from evaluator.codes import Code, Status
from evaluator.outcomes import Outcome

logger = logging.getLogger(__name__)


def hello(*, host: str, queue: str, slots: int, runtime: str) -> None:
    """Note that a host is there."""
    Host.objects.update_or_create(
        name=host,
        defaults={"queue": queue, "slots": slots, "runtime": runtime, "seen_at": Now()},
    )


def heartbeat(lease: Lease, *, host: str) -> bool:
    """Renew a lease; False when the attempt is over and the host must end its run."""
    if not Evaluation.objects.renew(lease):
        return False
    Evaluation.objects.filter(pk=lease.evaluation_id, attempt=lease.attempt).exclude(
        host=host
    ).update(host=host)
    return True


@transaction.atomic
def finish(lease: Lease, outcome: Outcome) -> None:
    """Store how an attempt ended: scores, board, event and notice, all or nothing.

    Raises: StaleAttempt when the attempt is over already; nothing is changed then.
    """
    evaluation = Evaluation.objects.select_related("submission__team", "task__phase").get(
        pk=lease.evaluation_id
    )
    outcome, splits = _with_splits(evaluation, outcome)
    Evaluation.objects.move(
        lease,
        outcome.status,
        code=outcome.code or "",
        message=outcome.message,
        problems=[problem.model_dump(mode="json") for problem in outcome.problems],
        notes=list(outcome.notes),
        ended_at=Now(),
        lease_until=None,
        runtime=outcome.runtime,
        digests=outcome.digests,
        log_sha256=_store_log(outcome.log),
        **outcome.usage.model_dump(),
    )
    _store_scores(evaluation, outcome, splits)
    store_artifacts(evaluation, outcome)
    Event.objects.create(
        evaluation=evaluation, status=outcome.status, attempt=lease.attempt, note=outcome.code or ""
    )
    if outcome.status is Status.SCORED:
        for leaderboard in evaluation.task.phase.leaderboards.all():
            refresh(leaderboard, evaluation.submission.team)
    if outcome.status is Status.FAILED:
        tell_organisers(evaluation, outcome)
    _log(evaluation, lease, outcome)


def _with_splits(
    evaluation: Evaluation, outcome: Outcome
) -> tuple[Outcome, Mapping[Split, Mapping[str, float]]]:
    if outcome.status is not Status.SCORED:
        return outcome, {}
    try:
        return outcome, split_scores(evaluation.task, outcome.cases)
    except SplitScoresMissing as error:
        failure = Outcome(
            status=Status.FAILED,
            code=Code.SCORE_MISSING,
            message="The scoring program gave no score for some cases of a split board. "
            "The organisers have been told; this costs your team nothing.",
            log=f"{outcome.log}--- {error}\n",
            usage=outcome.usage,
            runtime=outcome.runtime,
            digests=outcome.digests,
        )
        return failure, {}


def _store_scores(
    evaluation: Evaluation, outcome: Outcome, splits: Mapping[Split, Mapping[str, float]]
) -> None:
    store_scores(evaluation, {Split.ALL: outcome.scores, **splits})
    CaseScore.objects.bulk_create(
        (
            CaseScore(evaluation=evaluation, case=case, key=key, value=value)
            for case, scores in outcome.cases.items()
            for key, value in scores.items()
        ),
        batch_size=1000,
    )


def _store_log(log: str) -> str:
    return site_blobs().put([log.encode()])[0] if log else ""


def _log(evaluation: Evaluation, lease: Lease, outcome: Outcome) -> None:
    level = logging.ERROR if outcome.status is Status.FAILED else logging.INFO
    logger.log(
        level,
        "evaluation.finished evaluation_id=%s attempt=%d outcome=%s code=%s seconds=%.2f",
        evaluation.pk,
        lease.attempt,
        outcome.status,
        outcome.code or "-",
        outcome.usage.wall_seconds,
    )


def note_stale(lease: Lease) -> None:
    """Log a report that came too late; it has changed nothing."""
    logger.info(
        "evaluation.stale_report evaluation_id=%s attempt=%d", lease.evaluation_id, lease.attempt
    )
