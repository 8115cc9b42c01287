"""One pass over prediction, truth and climatology of a field: what its metrics start from."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from evaluator.arrays.base import Region, regions
from evaluator.metrics.climatology import Climatology
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.field_loops import PART_ELEMENTS, Loops, alike, as_rows, loops_for
from evaluator.metrics.pairs import Values
from evaluator.metrics.sphere import Weighting, row_weights


@dataclass(frozen=True)
class Sums:
    """Weighted sums over the places that are scored.

    Of 1; of e, |e| and e², where e = prediction - truth; and with a climatology c of a, b, a², b²
    and ab, where a = prediction - c and b = truth - c. They are NaN or infinite only where numbers
    are too large for a square.
    """

    weight: float
    error: float
    absolute: float
    squared: float
    predicted: float
    true: float
    predicted_squared: float
    true_squared: float
    product: float


def sums_of(case: Comparison, weighting: Weighting) -> Sums:
    """Return the sums of a case, made once for each weighting.

    Raises: TruthUnfit, ValuesUnfit, ArrayInvalid.
    """
    return case.once(f"sums of fields, {weighting}", lambda: _sums(case, weighting))


def _sums(case: Comparison, weighting: Weighting) -> Sums:
    weights = row_weights(case, weighting)
    climatology = Climatology.of(case)
    loops = loops_for(math.prod(case.truth.shape))
    total = np.zeros(len(fields(Sums)))
    places = zip(regions(case.truth.shape), blocks_of(case), strict=True)
    for region, (predicted, true, valid) in places:
        rows = as_rows(true)
        block = _Block(
            prediction=as_rows(predicted),
            truth=rows,
            weights=weights_of(rows, weights, region),
            valid=None if valid is None else as_rows(valid),
            usual=None if climatology is None else climatology.rows(region, rows.shape[0]),
        )
        for part in case.work.map(functools.partial(block.sums, loops), block.parts()):
            total[: part.size] += part
    if not np.isfinite(total).all():
        refuse_not_finite(case)
    return Sums(*total.tolist())


def blocks_of(case: Comparison) -> Iterator[tuple[Values, Values, Values | None]]:
    """Yield what `case.blocks` does, but look for values that are not finite only where it masks.

    Looking takes as long as summing, and a sum tells too; `refuse_not_finite` finds them then.
    Raises: ArrayInvalid, TruthUnfit, ValuesUnfit.
    """
    if case.masks_nan or "mask" in case.auxiliary:
        yield from case.blocks()
        return
    for region in regions(case.truth.shape):
        yield case.predicted.read(region), case.truth.read(region), None


def refuse_not_finite(case: Comparison) -> None:
    """Do nothing for values that are merely large. Raises: TruthUnfit, ValuesUnfit."""
    climatology = Climatology.of(case)
    places = zip(regions(case.truth.shape), case.blocks(), strict=True)
    for region, (_, true, valid) in places:
        if climatology is not None:
            is_scored = np.ones(true.shape, np.bool_) if valid is None else valid
            climatology.check(region, as_rows(is_scored))


def weights_of(rows: Values, weights: Values, region: Region) -> Values:
    """Return the weight of each row of the block at `region`, from those of each latitude."""
    own = weights[region[-2]] if len(region) > 1 else weights
    return np.tile(own, rows.shape[0] // own.size)


@dataclass(frozen=True)
class _Block:
    """Rows of one block. `usual` is the climatology, whose rows start over when they end."""

    prediction: Values
    truth: Values
    weights: Values
    valid: Values | None
    usual: Values | None

    def parts(self) -> Iterator[tuple[slice, int]]:
        """Yield the rows of each part, and the first row of the climatology beside it."""
        rows, width = self.truth.shape
        cycle = rows if self.usual is None else self.usual.shape[0]
        step = max(1, PART_ELEMENTS // width)
        for start in range(0, rows, cycle):
            for row in range(start, min(start + cycle, rows), step):
                yield slice(row, min(row + step, start + cycle, rows)), row - start

    def sums(self, loops: Loops, part: tuple[slice, int]) -> Values:
        """Return the sums over one part, in the order of `Sums`."""
        rows, first = part
        predicted, true, weights = self.prediction[rows], self.truth[rows], self.weights[rows]
        usual = None
        if self.usual is not None:
            usual = self.usual[first : first + weights.size]
        counts: Values | int = true.shape[1]
        if self.valid is not None:
            valid = self.valid[rows]
            counts = np.sum(valid, axis=1)
            predicted, true = (np.where(valid, side, 0) for side in (predicted, true))
            usual = None if usual is None else np.where(valid, usual, 0)
        predicted, true = alike(predicted, true)
        if usual is None:
            sums = loops.error_sums(predicted, true, weights)
        else:
            sums = loops.anomaly_sums(predicted, true, usual, weights)
        return np.concatenate([[np.sum(weights * counts)], sums])
