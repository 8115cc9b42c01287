"""Means and spreads of truth and prediction, in one pass that loses no digits to a large mean."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Moments:
    """Means of truth and prediction, and sums of squares and products about them.

    Each mean is `near` + `rest`: a rest that is no larger than the spread keeps all its digits.
    Two parts are added as in Chan, Golub and LeVeque 1983, Am. Stat. 37:242.
    """

    elements: int = 0
    near_true: float = 0.0
    rest_true: float = 0.0
    near_predicted: float = 0.0
    rest_predicted: float = 0.0
    spread_true: float = 0.0  # Σ (t - mean t)²; exactly 0 for a truth that does not vary
    spread_predicted: float = 0.0
    shared: float = 0.0  # Σ (t - mean t) (p - mean p)
    spread_errors: float = 0.0  # Σ (e - mean e)², e = p - t

    def __add__(self, other: "Moments") -> "Moments":
        if not self.elements or not other.elements:
            return self if self.elements else other
        elements = self.elements + other.elements
        share = other.elements / elements
        weight = self.elements * share
        true = (other.near_true - self.near_true) + (other.rest_true - self.rest_true)
        predicted = other.near_predicted - self.near_predicted
        predicted += other.rest_predicted - self.rest_predicted
        errors = predicted - true
        return Moments(
            elements,
            self.near_true,
            self.rest_true + true * share,
            self.near_predicted,
            self.rest_predicted + predicted * share,
            self.spread_true + other.spread_true + true * true * weight,
            self.spread_predicted + other.spread_predicted + predicted * predicted * weight,
            self.shared + other.shared + true * predicted * weight,
            self.spread_errors + other.spread_errors + errors * errors * weight,
        )

    def correlation(self) -> float | None:
        """Return Pearson's correlation in [-1, 1]; None when one side does not vary.

        It is NaN where squares of the values overflow.
        """
        if not self.spread_true or not self.spread_predicted:
            return None
        # The order of operations makes it exactly 1 for equal arrays, and keeps it from overflow.
        slope = self.shared / self.spread_true
        value = slope * math.sqrt(self.spread_true / self.spread_predicted)
        return value if math.isnan(value) else max(-1.0, min(1.0, value))


NONE = Moments()
