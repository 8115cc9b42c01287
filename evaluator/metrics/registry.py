"""The code behind each name of the catalogue, and how cases become one score."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import assert_never

from evaluator.metrics.catalogue import Direction, MetricInfo
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.fields import ErrorSums, mae, rmse
from evaluator.metrics.instances import object_f1
from evaluator.metrics.labels import accuracy, f1
from evaluator.metrics.masks import dice, iou
from evaluator.metrics.pairs import PairTable
from evaluator.metrics.tallies import Settings, Tally
from evaluator.plans import Aggregate

# Each metric takes what was counted over all blocks of a case, in one of two forms.
PAIR_METRICS: Mapping[str, Callable[[PairTable, Settings], Tally]] = {
    "accuracy": accuracy,
    "f1": f1,
    "dice": dice,
    "iou": iou,
    "object_f1": object_f1,
}
ERROR_METRICS: Mapping[str, Callable[[ErrorSums, Settings], Tally]] = {"rmse": rmse, "mae": mae}


def score_of(tally: Tally, info: MetricInfo, settings: Settings) -> float:
    """Return the score of `tally`; for 0/0 what the parameter `absent` declares.

    Raises: ScoreUndefined when it declares nothing.
    """
    try:
        return tally.score()
    except ScoreUndefined:
        best, worst = (
            (info.upper, info.lower)
            if info.direction is Direction.HIGHER
            else (info.lower, info.upper)
        )
        declared = {"best": best, "worst": worst}.get(str(settings.parameters.get("absent")))
        if declared is None:
            raise
        return declared


def aggregated(kind: Aggregate, scores: Sequence[float]) -> float:
    """Return one score for `scores`, which are not empty.

    Raises: ValueError for POOLED, which adds up counts and not scores.
    """
    match kind:
        case Aggregate.MEAN:
            return math.fsum(scores) / len(scores)
        case Aggregate.MEDIAN:
            return statistics.median(scores)
        case Aggregate.MIN:
            return min(scores)
        case Aggregate.MAX:
            return max(scores)
        case Aggregate.POOLED:
            raise ValueError("counts are pooled, scores are not")
        case _ as never:
            assert_never(never)
