"""Metrics of power spectra: how much structure a field has at each length."""

import functools
import math
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.comparison import Comparison
from evaluator.metrics.errors import TruthUnfit
from evaluator.metrics.field_sums import refuse_not_finite
from evaluator.metrics.images import runs
from evaluator.metrics.pairs import Values
from evaluator.metrics.tallies import Settings, Single

_AXES = 2  # the last ones
_SHORTEST = 4  # elements: two wavenumbers


def spectral_error(case: Comparison, settings: Settings) -> Single:
    """Score the log-spectral distance of the last two axes in dB, from 0 up; lower is better.

    The power at each wavenumber is the mean of |DFT|² over a ring of the plane of frequencies and
    over all planes of the case. The ring k holds the frequencies whose distance from 0, times the
    shorter side, rounds to k (halves to even); k runs from 1 to half the shorter side, so the mean
    of a plane does not count. The distance is the root mean square over k of
    10 log10(power of the prediction / power of the truth), both taken as no less than the
    parameter `floor` times the largest power of the truth.
    Raises: TruthUnfit for a truth that is masked, too short, or the same throughout; ValuesUnfit.
    Source: Gray and Markel 1976, IEEE TASSP 24:380 (distance); Errico 1985, Mon. Weather Rev.
    113:1554 (rings).
    """
    predicted, true = case.once("power spectra", lambda: _spectra(case))
    largest = float(np.max(true))
    if largest == 0:
        raise TruthUnfit("is the same throughout each plane, which has no spectrum.")
    floor = float(str(settings.parameters["floor"])) * largest
    ratios = np.log10(np.maximum(predicted, floor)) - np.log10(np.maximum(true, floor))
    return Single(10 * math.sqrt(float(np.mean(np.square(ratios)))))


@dataclass(frozen=True)
class _Rings:
    """To which ring each number of half a transform belongs, and how often it stands for two."""

    of: Values  # as many as there are rings for those that belong to none
    twice: Values
    sizes: Values

    @classmethod
    def on(cls, height: int, width: int) -> "_Rings":
        """Return the rings of a plane."""
        shorter = min(height, width)
        columns = np.fft.rfftfreq(width)
        # Transforms of real planes hold one of each pair of opposite frequencies.
        is_paired = (columns > 0) & (columns < 0.5)
        distances = np.hypot(np.fft.fftfreq(height)[:, None], columns[None, :])
        ring = np.rint(distances * shorter).astype(np.int64)
        count = shorter // 2
        ring = np.where((ring == 0) | (ring > count), count, ring - 1).ravel()
        twice = np.broadcast_to(np.where(is_paired, 2.0, 1.0), distances.shape).ravel()
        return cls(ring, twice, np.bincount(ring, twice, count + 1)[:count])

    def power(self, plane: Values) -> Values:
        """Return the mean power in each ring."""
        transform = np.fft.rfft2(plane.astype(np.float64, copy=False)).ravel()
        power = np.square(transform.real) + np.square(transform.imag)
        return np.bincount(self.of, power * self.twice, self.sizes.size + 1)[:-1] / self.sizes


def _spectra(case: Comparison) -> tuple[Values, Values]:
    """Return the power of prediction and truth at each wavenumber from 1 on."""
    shape = case.truth.shape[-_AXES:]
    if len(shape) < _AXES or min(shape) < _SHORTEST:
        raise TruthUnfit(
            f"has the shape {case.truth.shape}; a spectrum takes at least {_SHORTEST} elements "
            "along each of the last two axes."
        )
    rings = _Rings.on(*shape)
    total = np.zeros((2, rings.sizes.size))
    for predicted, true in runs(case, math.prod(shape)):
        planes = zip(predicted.reshape(-1, *shape), true.reshape(-1, *shape), strict=True)
        for power in case.work.map(functools.partial(_powers, rings), planes):
            total += power
    if not np.isfinite(total).all():
        refuse_not_finite(case)
    return total[0], total[1]


def _powers(rings: _Rings, planes: tuple[Values, Values]) -> Values:
    with np.errstate(over="ignore", invalid="ignore"):
        return np.stack([rings.power(plane) for plane in planes])
