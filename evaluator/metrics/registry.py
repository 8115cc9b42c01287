"""The code behind each name of the catalogue, and how cases become one score."""

import importlib
import math
import statistics
from collections.abc import Callable, Sequence
from functools import cache
from typing import assert_never

from evaluator.metrics.catalogue.info import Direction, MetricInfo
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.tallies import Settings, Tally
from evaluator.plans import Aggregate


@cache
def code_of(info: MetricInfo) -> Callable[..., Tally]:
    """Return the function behind a metric; its first argument is what `info.input` says.

    PAIRS: a PairTable. ERRORS: ErrorSums. WHOLE: a Comparison. The second one is Settings. The
    module is loaded when it is asked for: compilers and solvers take longer than a small case.
    """
    module, _, function = info.code.partition(":")
    found: Callable[..., Tally] = getattr(
        importlib.import_module(f"evaluator.metrics.{module}"), function
    )
    return found


def score_of(tally: Tally, info: MetricInfo, settings: Settings) -> float:
    """Return the score of `tally`; for 0/0 what the parameter `absent` declares.

    Raises: ScoreUndefined when it declares nothing.
    """
    try:
        return tally.score()
    except ScoreUndefined:
        worst = info.lower if info.direction is Direction.HIGHER else info.upper
        declared = {
            "best": info.best_score,
            "worst": info.worst_score(settings.parameters) if worst is None else worst,
            "zero": 0.0,  # of agreements and correlations: no better than chance
        }.get(str(settings.parameters.get("absent")))
        if declared is None:
            raise
        return declared


def aggregated(kind: Aggregate, scores: Sequence[float]) -> float:
    """Return one score for `scores`, which are not empty.

    Raises: ValueError for POOLED and GROUPS, which add up counts and not scores.
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
        case Aggregate.POOLED | Aggregate.GROUPS:
            raise ValueError("counts are pooled, scores are not")
        case _ as never:
            assert_never(never)
