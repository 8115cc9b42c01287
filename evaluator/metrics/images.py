"""Metrics of images: the ratio of a signal to its noise, and what metrics of images share."""

import math
from collections.abc import Iterator

import numpy as np

from evaluator.metrics.comparison import Comparison
from evaluator.metrics.errors import ScoreUndefined, TruthUnfit
from evaluator.metrics.field_sums import blocks_of, sums_of
from evaluator.metrics.pairs import Values
from evaluator.metrics.sphere import UNWEIGHTED
from evaluator.metrics.tallies import Settings, Single


def psnr(case: Comparison, settings: Settings) -> Single:
    """Score the peak signal-to-noise ratio in dB, at most the parameter `cap`; higher is better.

    10 log10(R² / MSE), R being the parameter `data_range`, MSE the mean over all elements that
    are scored. The cap stands for images that are equal, where the ratio is infinite.
    Raises: ScoreUndefined when nothing is scored; TruthUnfit, ValuesUnfit.
    Source: Huynh-Thu and Ghanbari 2008, Electron. Lett. 44:800.
    """
    largest = data_range(case, settings)
    sums = sums_of(case, UNWEIGHTED)
    if sums.weight == 0:
        raise ScoreUndefined("There is no element to score.")
    cap = float(str(settings.parameters["cap"]))
    mean = sums.squared / sums.weight
    if mean == 0:
        return Single(cap)
    return Single(min(cap, 20 * math.log10(largest) - 10 * math.log10(mean)))


def data_range(case: Comparison, settings: Settings) -> float:
    """Return the parameter `data_range`, or how far apart the values of the truth's type can be.

    Raises: TruthUnfit for floats, whose type says nothing of their range.
    """
    declared = settings.parameters.get("data_range")
    if declared is not None:
        return float(str(declared))
    dtype = case.truth.dtype
    if dtype.kind == "b":
        return 1.0
    if dtype.kind not in "iu":
        raise TruthUnfit(
            "holds floats, whose type does not tell their range; give the metric the parameter "
            "'data_range', the largest difference that two values can have."
        )
    limits = np.iinfo(dtype)
    return float(int(limits.max) - int(limits.min))


def refuse_mask(valid: Values | None) -> None:
    """Do nothing when all elements are scored. Raises: TruthUnfit."""
    if valid is not None:
        raise TruthUnfit(
            "is masked or NaN in places, and this metric looks at whole neighbourhoods: it cannot "
            "be scored there. Fill these places, or crop to where there is truth."
        )


def runs(case: Comparison, length: int) -> Iterator[tuple[Values, Values]]:
    """Yield prediction and truth in C order as flat arrays, each a multiple of `length` elements.

    `length` divides the number of elements. Values that are not finite are left in.
    Raises: TruthUnfit where elements are masked; ValuesUnfit, ArrayInvalid.
    """
    waiting: list[tuple[Values, Values]] = []
    count = 0
    for predicted, true, valid in blocks_of(case):
        refuse_mask(valid)
        waiting.append((predicted.ravel(), true.ravel()))
        count += true.size
        if count < length:
            continue
        prediction, truth = (_joined(side) for side in zip(*waiting, strict=True))
        whole = count - count % length
        yield prediction[:whole], truth[:whole]
        count -= whole
        waiting = [(prediction[whole:].copy(), truth[whole:].copy())] if count else []


def _joined(parts: tuple[Values, ...]) -> Values:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
