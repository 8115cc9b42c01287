"""The usual state of a field, which anomalies are counted from."""

from dataclasses import dataclass

import numpy as np

from evaluator.arrays.base import Array, Region
from evaluator.metrics.comparison import Comparison, read_whole
from evaluator.metrics.errors import TruthUnfit
from evaluator.metrics.field_loops import PART_ELEMENTS, as_floats, as_rows
from evaluator.metrics.pairs import Values

NAME = "climatology"


@dataclass(frozen=True)
class Climatology:
    """An array of the truth's shape, or of its last `axes` axes: then it is held in memory."""

    array: Array
    axes: int
    whole: Values | None

    @classmethod
    def of(cls, case: Comparison) -> "Climatology | None":
        """Return the climatology of a case, None when none is declared. Raises: TruthUnfit."""
        if NAME not in case.auxiliary:
            return None
        return case.once(NAME, lambda: cls._of(case))

    @classmethod
    def _of(cls, case: Comparison) -> "Climatology":
        array, shape = case.auxiliary[NAME], case.truth.shape
        axes = len(array.shape)
        while axes > len(shape) or (axes > 2 and array.shape[-axes] == 1 != shape[-axes]):
            axes -= 1  # a leading axis of length 1, as broadcasting has it
        own = array.shape[len(array.shape) - axes :]
        if own != shape[len(shape) - axes :] or axes < min(2, len(shape)):
            raise TruthUnfit(
                f"has the shape {shape}, and its climatology {array.shape}; the climatology needs "
                "the same shape, or that of the last axes."
            )
        if array.shape == shape:
            return cls(array, axes, None)
        return cls(array, axes, read_whole(array, case.work).reshape(own))

    def rows(self, region: Region, count: int) -> Values:
        """Return the rows beside the `count` rows at `region`; they start over when they end."""
        own = region[len(region) - self.axes :]
        block = self.array.read(own) if self.whole is None else self.whole[own]
        rows = as_floats(as_rows(np.ascontiguousarray(block)))
        repeats = min(count // rows.shape[0], max(1, PART_ELEMENTS // rows.size))
        return np.tile(rows, (repeats, 1)) if repeats > 1 else rows

    def check(self, region: Region, is_scored: Values) -> None:
        """Do nothing when all values beside scored places are finite. Raises: TruthUnfit."""
        finite = np.isfinite(self.rows(region, is_scored.shape[0]))
        beside = finite[np.arange(is_scored.shape[0]) % finite.shape[0]]
        if not (beside | ~is_scored).all():
            raise TruthUnfit("has a climatology that is not finite in places that are scored.")
