"""Both arrays of a case as volumes of small numbers, one for each label."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock

import numpy as np

from evaluator.arrays.base import Block, Region
from evaluator.arrays.tiles import are_in_order, tiles
from evaluator.metrics.comparison import Comparison, check_finite
from evaluator.metrics.errors import TruthUnfit, ValuesUnfit
from evaluator.metrics.pairs import Labels, Values, as_labels

BACKGROUND = 0
_AXES = 3
_MOST_LABELS = 65_535  # uint16
_LARGEST_TABLE = 2**18
_SIZES = (1e-60, 1e60)  # squares of products of three stay far from overflow


@dataclass(frozen=True)
class LabelVolumes:
    """Prediction and truth as uint16 (z, y, x) in C order; 0 is background, or not scored.

    `numbers` tells the number of each label. The axes are in an order that depends on the sizes
    of a voxel and not on how the arrays lie: the longest first, but two that are alike last. The
    first `added` of them stand for axes that the arrays have not.
    """

    prediction: Values
    truth: Values
    numbers: dict[int, int]
    spacing: Values
    added: int


def label_volumes(case: Comparison, background: int | None = BACKGROUND) -> LabelVolumes:
    """Return the volumes of a case with a prediction; with `background` None all labels count.

    Raises: ValuesUnfit for a prediction, TruthUnfit for a truth that cannot be taken; ArrayInvalid.
    """
    order = _order(case)
    shape, added = case.truth.shape, _AXES - len(order)
    stored = (1,) * added + tuple(shape[axis] for axis in order)
    prediction, truth = np.empty(stored, np.uint16), np.empty(stored, np.uint16)
    # The same memory, its axes as those of the arrays.
    views = [
        volume.reshape(stored[added:]).transpose(np.argsort(order))
        for volume in (prediction, truth)
    ]
    numbering = _Numbering({} if background is None else {background: 0})
    for _ in _mapped(case, lambda region: _fill(case, region, numbering, views)):
        pass
    spacing = np.array((1.0,) * added + tuple(case.spacing[axis] for axis in order))
    return LabelVolumes(prediction, truth, numbering.labels(), spacing, added)


def _order(case: Comparison) -> list[int]:
    axes, spacing = len(case.truth.shape), case.spacing
    if not 1 <= axes <= _AXES:
        raise TruthUnfit(f"has {axes} axes; surfaces are compared along one to three")
    if not all(_SIZES[0] < size < _SIZES[1] for size in spacing):
        raise TruthUnfit(f"has voxels of the size {spacing}; write it in a more common unit")
    return sorted(range(axes), key=lambda axis: (spacing.count(spacing[axis]), -spacing[axis]))


def _mapped(case: Comparison, take: Callable[[Region], None]) -> Iterator[None]:
    arrays = (case.predicted, case.truth)
    return (map if are_in_order(arrays) else case.work.map)(take, tiles(arrays))


def _fill(case: Comparison, region: Region, numbering: "_Numbering", views: list[Values]) -> None:
    true, predicted = case.truth.read(region), case.predicted.read(region)
    valid = case.valid(true, region)
    check_finite(predicted, valid)
    if valid is not None:
        true, predicted = np.where(valid, true, 0), np.where(valid, predicted, 0)
    views[0][region] = numbering.of(predicted)
    try:
        views[1][region] = numbering.of(true)
    except ValuesUnfit as error:
        raise TruthUnfit("holds values that are no labels, or too many of them") from error
    if valid is not None:
        for view in views:
            view[region][~valid] = 0


class _Numbering:
    """Numbers labels as they come, from several threads."""

    def __init__(self, numbers: dict[int, int]) -> None:
        self._numbers = numbers
        self._background = dict(numbers)
        self._lock = Lock()

    def labels(self) -> dict[int, int]:
        """Return the number of each label but the background."""
        return {label: number for label, number in self._numbers.items() if number}

    def of(self, block: Block) -> Values:
        """Return the numbers of a block's labels, as uint16.

        Raises: ValuesUnfit for values that are no labels, or more labels than there are numbers.
        """
        flat = block.ravel()
        if flat.size == 0:
            return np.zeros(block.shape, np.uint16)
        # Runs are far fewer than elements.
        starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1])
        numbers = self._numbers_of(as_labels(flat[starts]))
        lengths = np.diff(starts, append=flat.size)
        return np.repeat(numbers, lengths).reshape(block.shape)

    def _numbers_of(self, labels: Labels) -> Values:
        """Return the numbers of labels; of noise, sorting them would take most of the time."""
        lowest, highest = int(labels.min()), int(labels.max())
        if highest - lowest > _LARGEST_TABLE:
            found, which = np.unique(labels, return_inverse=True)
            return self._in_order(found)[which]
        table = np.zeros(highest - lowest + 1, np.uint16)
        table[labels - lowest] = 1
        found = np.flatnonzero(table)
        table[found] = self._in_order(found + lowest)
        return table[labels - lowest]

    def _in_order(self, labels: Labels) -> Values:
        return np.array([self._number(label) for label in labels.tolist()], np.uint16)

    def _number(self, label: int) -> int:
        with self._lock:
            number = self._numbers.setdefault(label, len(self._numbers) + 1 - len(self._background))
        if number > _MOST_LABELS:
            raise ValuesUnfit(
                f"brings the labels to over {_MOST_LABELS}; number classes, not objects."
            )
        return number


def diagonal(case: Comparison) -> float:
    """Return the length of the array's diagonal, in the unit of the voxels' size."""
    sides = zip(case.truth.shape, case.spacing, strict=True)
    return math.sqrt(math.fsum((count * size) ** 2 for count, size in sides))
