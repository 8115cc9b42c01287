"""The mean over labels, classes or queries, some of which may have no value of their own."""

import math
from collections.abc import Sequence

from evaluator.metrics.errors import ScoreUndefined

STAND_INS = {"best": 1.0, "worst": 0.0}  # of values in [0, 1]


def mean_of(
    values: Sequence[float | None],
    *,
    absent: str,
    undefined: ScoreUndefined,
    weights: Sequence[int] | None = None,
) -> float:
    """Return the mean of `values` in [0, 1]; None among them becomes what `absent` says.

    `best` counts as 1, `worst` as 0, `skip` leaves the value out, and anything else gives no mean.
    Parts without weight are left out first.
    Raises: `undefined`, also when no value is left.
    """
    weighed = [
        (STAND_INS.get(absent) if value is None else value, weight)
        for value, weight in zip(values, weights or [1] * len(values), strict=True)
        if weight and not (value is None and absent == "skip")
    ]
    total = sum(weight for _, weight in weighed)
    if not total:
        raise undefined
    products = []
    for value, weight in weighed:
        if value is None:
            raise undefined
        products.append(value * weight)
    return math.fsum(products) / total
