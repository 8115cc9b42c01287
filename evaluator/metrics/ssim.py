"""Structural similarity of images and volumes, at one scale or several."""

import functools
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.errors import TruthUnfit
from evaluator.metrics.field_loops import alike
from evaluator.metrics.field_sums import refuse_not_finite
from evaluator.metrics.images import data_range, refuse_mask, runs
from evaluator.metrics.kernels.ssim import DTYPES, Window, similarities
from evaluator.metrics.pairs import Values
from evaluator.metrics.tallies import Settings, Single

_K1, _K2 = 0.01, 0.03  # Wang et al. 2004, section III.C
_SIGMA, _RADIUS = 1.5, 5  # the radius is 3.5 sigma, rounded
_EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang et al. 2003, section 3.2
_PART_ELEMENTS = 128 * 1024  # what one thread goes over at a time

Pair = tuple[Values, Values]  # prediction and truth


@dataclass(frozen=True)
class Definition:
    """One window: its weights along an axis, how variances are made of it, the range of values."""

    weights: Values
    is_sample: bool
    data_range: float

    @classmethod
    def of(cls, case: Comparison, settings: Settings) -> "Definition":
        """Return what the parameters say. Raises: TruthUnfit."""
        size = float(str(settings.parameters["window"]))
        if size % 2 != 1:
            raise TruthUnfit(f"cannot be scored in a window of {size:g}; give an odd number.")
        is_gaussian = settings.parameters["gaussian_weights"] is True
        weights = gaussian_weights() if is_gaussian else np.full(int(size), 1 / size)
        is_sample = settings.parameters["sample_covariance"] is True
        return cls(weights, is_sample, data_range(case, settings))

    def window(self, axes: int, shift: float) -> Window:
        """Return the window on images (2 axes) or volumes (3)."""
        elements = self.weights.size**axes
        return Window(
            depth=self.weights if axes == 3 else np.ones(1),
            across=self.weights,
            shift=shift,
            norm=elements / (elements - 1) if self.is_sample else 1.0,
            luminance=(_K1 * self.data_range) ** 2,
            contrast=(_K2 * self.data_range) ** 2,
        )


def gaussian_weights() -> Values:
    """Return the weights of a Gaussian window along one axis; they add up to 1."""
    steps = np.arange(-_RADIUS, _RADIUS + 1) / _SIGMA
    weights = np.exp(-np.square(steps) / 2)
    scaled: Values = weights / np.sum(weights)
    return scaled


def ssim(case: Comparison, settings: Settings) -> Single:
    """Score the mean structural similarity, in [-1, 1]; higher is better.

    The mean over all windows that lie inside the image (y, x) or volume (z, y, x), and over the
    channels on the last axis with the parameter `channels: last`.
    Raises: TruthUnfit for a truth that is masked, smaller than the window, or has other axes;
    ValuesUnfit.
    Source: Wang et al. 2004, IEEE TIP 13:600, equation 13.
    """
    definition = Definition.of(case, settings)
    axes = _axes(case, settings)
    _check_size(case.truth.shape[:axes], definition.weights.size)
    slabs = _slabs(case, axes, definition.weights.size - 1)
    _, both = _means(slabs, definition, case.work)
    return _finished(case, both)


def ms_ssim(case: Comparison, settings: Settings) -> Single:
    """Score the structural similarity over five scales, in [0, 1]; higher is better.

    Contrast and structure of scales 1 to 4, and these times luminance at scale 5, each the mean
    over all Gaussian windows of 11 elements inside the image, with variances of the population;
    a mean below 0 counts as 0. They are multiplied with the exponents of the paper. From scale to
    scale, 2 elements along each axis become their mean; an odd one at the end is left out.
    Raises: TruthUnfit for a truth that is masked or shorter than 176 elements; ValuesUnfit.
    Source: Wang, Simoncelli and Bovik 2003, Asilomar Conf. Signals 37:1398, equation 7.
    """
    definition = Definition(
        gaussian_weights(), is_sample=False, data_range=data_range(case, settings)
    )
    axes = _axes(case, settings)
    scales = len(_EXPONENTS)
    _check_size(case.truth.shape[:axes], definition.weights.size * 2 ** (scales - 1))
    predicted, true, valid = case.whole()
    refuse_mask(valid)
    channels = _channels((predicted, true), axes)
    values = [_over_scales(channel, definition, case.work) for channel in channels]
    return _finished(case, math.fsum(values) / len(values))


def _over_scales(pair: Pair, definition: Definition, work: Work) -> float:
    product = 1.0
    for exponent in _EXPONENTS[:-1]:
        structure, _ = _means([pair], definition, work)
        product *= max(structure, 0.0) ** exponent
        pair = _halved(pair[0]), _halved(pair[1])
    _, both = _means([pair], definition, work)
    return float(product * max(both, 0.0) ** _EXPONENTS[-1])


def _halved(image: Values) -> Values:
    """Return the means of 2 elements along each axis."""
    even = image[tuple(slice(0, length - length % 2) for length in image.shape)]
    corners = itertools.product((0, 1), repeat=image.ndim)
    total = np.zeros([length // 2 for length in image.shape])
    for corner in corners:
        total += even[tuple(slice(start, None, 2) for start in corner)]
    means: Values = total / 2**image.ndim
    return means


def _axes(case: Comparison, settings: Settings) -> int:
    axes = len(case.truth.shape) - (settings.parameters["channels"] == "last")
    if axes not in {2, 3}:
        raise TruthUnfit(
            f"has the shape {case.truth.shape}; structural similarity takes images of 2 axes or "
            "volumes of 3, besides an axis of 'channels: last'."
        )
    return axes


def _check_size(shape: tuple[int, ...], smallest: int) -> None:
    if min(shape) < smallest:
        raise TruthUnfit(
            f"has {min(shape)} elements along an axis and the metric needs {smallest}; take a "
            "smaller window, or 'channels: last' where that axis holds colours."
        )


def _slabs(case: Comparison, axes: int, overlap: int) -> Iterator[Pair]:
    """Yield pieces along the first axis that cover each window once, channel by channel."""
    shape = case.truth.shape[1:]
    before: Pair | None = None
    for predicted, true in runs(case, math.prod(shape)):
        pair = predicted.reshape(-1, *shape), true.reshape(-1, *shape)
        if before is not None:
            pair = np.concatenate([before[0], pair[0]]), np.concatenate([before[1], pair[1]])
        before = pair[0][-overlap:].copy(), pair[1][-overlap:].copy()
        if pair[1].shape[0] > overlap:
            yield from _channels(pair, axes)


def _channels(pair: Pair, axes: int) -> Iterator[Pair]:
    """Yield the images of one channel each."""
    predicted, true = pair
    if true.ndim == axes:
        yield pair
        return
    for index in range(true.shape[-1]):
        yield np.ascontiguousarray(predicted[..., index]), np.ascontiguousarray(true[..., index])


def _means(slabs: Iterable[Pair], definition: Definition, work: Work) -> tuple[float, float]:
    """Return the means over all windows: contrast and structure alone, and with luminance."""
    total, count = np.zeros(2), 0
    overlap = definition.weights.size - 1
    for pair in slabs:
        shape = pair[1].shape
        # Values near 0 keep their digits when they are squared.
        window = definition.window(len(shape), float(pair[1].flat[0]))
        step = max(1, _PART_ELEMENTS // math.prod(shape[1:]))
        starts = range(0, shape[0] - overlap, step)
        sum_part = functools.partial(_part_sums, pair, window, step)
        for part in work.map(sum_part, starts):
            total += part
        count += math.prod(length - overlap for length in shape)
    structure, both = (total / count).tolist()
    return structure, both


def _part_sums(pair: Pair, window: Window, step: int, start: int) -> Values:
    """Return the sums over `step` rows or planes of windows from `start` on."""
    overlap = window.across.size - 1
    predicted, true = _for_kernel(*(side[start : start + step + overlap] for side in pair))
    if true.ndim == 2:
        predicted, true = predicted[None], true[None]
    depth = true.shape[0] - window.depth.size + 1
    sums = np.empty((depth, true.shape[1] - overlap, 2))
    similarities(predicted, true, window, sums)
    total: Values = np.sum(sums, axis=(0, 1))
    return total


def _for_kernel(predicted: Values, true: Values) -> Pair:
    if predicted.dtype == true.dtype and true.dtype in DTYPES:
        return predicted, true
    return alike(predicted, true)


def _finished(case: Comparison, value: float) -> Single:
    if not math.isfinite(value):
        refuse_not_finite(case)
        return Single(value)
    return Single(max(-1.0, min(1.0, value)))
