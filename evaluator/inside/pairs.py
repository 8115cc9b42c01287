"""A case that can be scored."""

import math
from dataclasses import dataclass

from evaluator.arrays.base import Array
from evaluator.inside.pairing import Truth
from evaluator.metrics.comparison import Comparison, Work
from evaluator.plans import Case, NanPolicy


@dataclass(frozen=True)
class Pair:
    """A case that passed the check; no prediction where the plan lets it be missing."""

    case: Case
    truth: Truth
    prediction: Array | None

    @property
    def path(self) -> str:
        """Where the prediction lies, or should."""
        return self.case.sources[0].path if self.prediction is None else self.prediction.name

    def comparison(self, work: Work) -> Comparison:
        """Return the case as metrics see it."""
        return Comparison(
            prediction=self.prediction,
            truth=self.truth.array,
            spacing=self.truth.spacing,
            auxiliary=self.truth.auxiliary,
            masks_nan=self.case.nan is NanPolicy.MASK,
            work=work,
        )

    def release(self) -> None:
        """Let go of what the arrays keep in memory; they can be read again."""
        for array in (self.prediction, self.truth.array, *self.truth.auxiliary.values()):
            if array is not None:
                array.release()

    @property
    def elements(self) -> int:
        """Elements of the truth."""
        return math.prod(self.truth.array.shape)
