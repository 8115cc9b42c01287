"""Metrics of ensembles: the prediction has the members on an axis before those of the truth."""

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from evaluator.arrays.base import Array, Block, Region, regions
from evaluator.metrics.averages import declared_worst
from evaluator.metrics.comparison import Comparison, check_finite, read_whole
from evaluator.metrics.errors import ScoreUndefined, ValuesUnfit
from evaluator.metrics.field_loops import WORTH_COMPILING, alike, as_rows
from evaluator.metrics.field_sums import weights_of
from evaluator.metrics.fields import WeightedMean, missed
from evaluator.metrics.pairs import Values
from evaluator.metrics.sphere import Weighting, row_weights
from evaluator.metrics.tallies import Settings, Single

_BLOCK_ELEMENTS = 16 * 1024**2  # of all members together: 64 MiB of float32
_PART_POINTS = 16 * 1024  # what one thread sums at a time

Points = tuple[Values, Values, Values]  # members (member, point), truth and weights (point,)
Loop = Callable[[Values, Values, Values, int, int], Values]


@dataclass(frozen=True)
class EnsembleSums:
    """Weighted sums over the places that are scored, with members x and truth y.

    Of 1; of the mean |x - y|; of the sum of |x_i - x_j| over all pairs i < j; of the sum of
    (x - mean x)²; of (mean x - y)².
    """

    members: int
    weight: float
    absolute: float
    differences: float
    spread: float
    skill: float


def crps_ensemble(case: Comparison, settings: Settings) -> WeightedMean:
    """Count for the continuous ranked probability score, from 0 up; lower is better.

    mean |x - y| - Σ |x_i - x_j| / (2 n), the sum over all i and j; n is M² for the parameter
    `estimator: biased` and M (M - 1) for `fair`, with M members.
    Raises: ValuesUnfit for the fair estimate of one member; TruthUnfit.
    Source: Gneiting and Raftery 2007, JASA 102:359, equation 21; fair: Ferro 2014, Q. J. R.
    Meteorol. Soc. 140:1917.
    """
    weighting = Weighting.of(settings)
    if case.prediction is None:
        return missed(case, weighting, declared_worst(settings))
    is_fair = settings.parameters["estimator"] == "fair"
    if is_fair:
        _check_members(case, "the fair estimate")
    sums = _sums_of(case, weighting)
    pairs = sums.members * (sums.members - 1 if is_fair else sums.members)
    return WeightedMean(sums.absolute - sums.differences / pairs, sums.weight)


def spread_skill_ratio(case: Comparison, settings: Settings) -> Single:
    """Score the spread of the members over the error of their mean, from 0 up; 1 is best.

    sqrt(mean variance of the members, with M - 1) / RMSE of the ensemble mean.
    Raises: ScoreUndefined when the mean is without error; ValuesUnfit for one member.
    Source: Fortin et al. 2014, J. Hydrometeorol. 15:1708, without the factor for few members.
    """
    return Single(_ratio(case, settings))


def spread_skill_error(case: Comparison, settings: Settings) -> Single:
    """Score |ln(spread / skill)|, from 0 up; lower is better. As `spread_skill_ratio`.

    Raises: ScoreUndefined also when the members have no spread.
    """
    ratio = _ratio(case, settings)
    if ratio == 0:
        raise ScoreUndefined("The members of the ensemble are all the same.")
    return Single(abs(math.log(ratio)))


def _ratio(case: Comparison, settings: Settings) -> float:
    _check_members(case, "spread")
    sums = _sums_of(case, Weighting.of(settings))
    if sums.skill == 0:
        raise ScoreUndefined("The mean of the ensemble is without error, or nothing is scored.")
    return math.sqrt(sums.spread / (sums.members - 1)) / math.sqrt(sums.skill)


def _check_members(case: Comparison, what: str) -> None:
    if case.predicted.shape[0] == 1:
        raise ValuesUnfit(f"has one member, and {what} needs two; hand in more members.")


def _sums_of(case: Comparison, weighting: Weighting) -> EnsembleSums:
    return case.once(f"sums of ensembles, {weighting}", lambda: _sums(case, weighting))


def _sums(case: Comparison, weighting: Weighting) -> EnsembleSums:
    members = case.predicted.shape[0]
    weights = row_weights(case, weighting)
    loop = _loop_for(members * math.prod(case.truth.shape))
    total = np.zeros(5)
    for region, predicted, true, valid in _blocks(case):
        rows = as_rows(true)
        points = _points(predicted, rows, weights_of(rows, weights, region), valid)
        sum_part = functools.partial(_part_sums, loop, points)
        for part in case.work.map(sum_part, range(0, true.size, _PART_POINTS)):
            total += part
    if not np.isfinite(total).all():
        for _, predicted, _, valid in _blocks(case):
            check_finite(predicted, valid)
    return EnsembleSums(members, *total.tolist())


def _points(predicted: Values, rows: Values, weights: Values, valid: Values | None) -> Points:
    """Return a block as points; those that are not scored weigh nothing, and are 0."""
    true, weights = rows.ravel(), np.repeat(weights, rows.shape[1])
    predicted = predicted.reshape(-1, true.size)
    if valid is not None:
        is_scored = valid.ravel()
        weights = weights * is_scored
        predicted, true = np.where(is_scored, predicted, 0), np.where(is_scored, true, 0)
    return (*alike(predicted, true), weights)


def _part_sums(loop: Loop, points: Points, start: int) -> Values:
    predicted, true, weights = points
    stop = min(start + _PART_POINTS, true.size)
    sums = loop(predicted, true, weights, start, stop)
    return np.concatenate([[np.sum(weights[start:stop])], sums])


def _blocks(case: Comparison) -> Iterator[tuple[Region, Block, Block, Block | None]]:
    """Yield the place, prediction (member, …), truth and validity of blocks in a fixed order.

    The prediction may hold values that are not finite; sums tell whether it does.
    """
    array = case.predicted
    everyone = slice(0, array.shape[0])
    cut = list(regions(case.truth.shape, max(1, _BLOCK_ELEMENTS // array.shape[0])))
    whole = read_whole(array, case.work) if len(cut) > 1 and _is_better_whole(array, case) else None
    for region in cut:
        true = case.truth.read(region)
        place = (everyone, *region)
        predicted = array.read(place) if whole is None else np.ascontiguousarray(whole[place])
        yield region, predicted, true, case.valid(true, region)


def _is_better_whole(array: Array, case: Comparison) -> bool:
    """True for an array that each block would read from its start, and that fits into memory."""
    size = math.prod(array.shape) * array.dtype.itemsize
    return array.layout.in_order and 2 * size <= case.work.memory_bytes


def _loop_for(elements: int) -> Loop:
    """Return the loop that is done first. The choice depends on the size alone."""
    if elements < WORTH_COMPILING:
        return _ensemble_sums
    from evaluator.metrics.kernels import crps  # noqa: PLC0415 (0.4 s that small ones save)

    loop: Loop = crps.ensemble_sums
    return loop


def _ensemble_sums(
    members: Values, truth: Values, weights: Values, start: int, stop: int
) -> Values:
    """Return what the compiled loop of this name does, to 1e-12 of the sums of absolute values.

    Sorted, member i is the larger one of i pairs and the smaller one of M - 1 - i.
    """
    count = members.shape[0]
    with np.errstate(over="ignore", invalid="ignore"):
        ordered = np.sort(members[:, start:stop], axis=0)
        errors = np.subtract(ordered, truth[start:stop], dtype=np.float64)
        mean = np.mean(errors, axis=0)
        ranks = 2.0 * np.arange(count)[:, None] - (count - 1)
        values = (
            np.mean(np.abs(errors), axis=0),
            np.sum(ranks * errors, axis=0),
            np.sum(np.square(errors - mean), axis=0),
            np.square(mean),
        )
        return np.array([np.sum(weights[start:stop] * value) for value in values])
