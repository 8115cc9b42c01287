"""Scores over a part of the cases, from the scores of each case."""

import statistics
from collections.abc import Callable, Mapping, Sequence

from challenges.errors import ChallengeError
from challenges.models import Split, Task
from evaluator.plans import Aggregate, MetricsPlan

AGGREGATES: dict[Aggregate, Callable[[Sequence[float]], float]] = {
    Aggregate.MEAN: statistics.fmean,
    Aggregate.MEDIAN: statistics.median,
    Aggregate.MIN: min,
    Aggregate.MAX: max,
}


class SplitScoresMissing(ChallengeError):
    """A split board needs a score of every case, and one is not there."""

    code = "split-scores-missing"

    def __init__(self, case: str, key: str) -> None:
        super().__init__(f"case '{case}' has no score '{key}', which a split board needs")


def split_scores(
    task: Task, case_scores: Mapping[str, Mapping[str, float]]
) -> dict[Split, dict[str, float]]:
    """Return the task's scores over the public and the private cases of its phase's split boards.

    Scores of a program are the mean over the cases. Empty when no board of the phase is split.
    Raises: SplitScoresMissing.
    """
    sides: dict[Split, dict[str, float]] = {}
    aggregates = _aggregates(task)
    for board in task.phase.config.all_boards:
        if board.split is None:
            continue
        keys = [c.score for c in board.columns if c.task in {"", task.slug}]
        for side, is_public in ((Split.PUBLIC, True), (Split.PRIVATE, False)):
            cases = [case for case in case_scores if board.split.is_public(case) is is_public]
            for key in keys:
                values = [_value(case_scores, case, key) for case in cases]
                if not values:
                    raise SplitScoresMissing(f"any {side}", key)
                sides.setdefault(side, {})[key] = float(aggregates(key)(values))
    return sides


def _aggregates(task: Task) -> Callable[[str], Callable[[Sequence[float]], float]]:
    plan = task.scorer.plan if task.scorer else None
    if isinstance(plan, MetricsPlan):
        by_key = {
            metric.key: AGGREGATES[metric.aggregate]
            for metric in plan.metrics
            if metric.aggregate.is_over_scores
        }
        return lambda key: by_key[key]
    return lambda _: statistics.fmean


def _value(cases: Mapping[str, Mapping[str, float]], case: str, key: str) -> float:
    try:
        return cases[case][key]
    except KeyError as error:
        raise SplitScoresMissing(case, key) from error
