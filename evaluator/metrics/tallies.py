"""What metrics share: a tally of counts that adds up over cases, and the settings of one metric."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

from evaluator.metrics.errors import ScoreUndefined
from evaluator.plans import Value


class Tally(Protocol):
    """The counts of one metric, of one case or of several."""

    def __add__(self, other: Self) -> Self:
        """Return the counts of both together."""

    def score(self) -> float:
        """Return the value of the formula. Raises: ScoreUndefined for 0/0."""


@dataclass(frozen=True)
class Single:
    """The score of one case by a metric whose cases are not pooled."""

    value: float

    def __add__(self, other: "Single") -> "Single":
        raise TypeError("this metric brings scores together, not counts")

    def score(self) -> float:
        """Return the score."""
        return self.value


@dataclass(frozen=True)
class Undefined:
    """What a metric of whole arrays comes to where it is 0/0."""

    reason: ScoreUndefined

    def __add__(self, other: "Undefined") -> "Undefined":
        raise TypeError("this metric brings scores together, not counts")

    def score(self) -> float:
        """Return nothing. Raises: ScoreUndefined."""
        raise self.reason


@dataclass(frozen=True)
class Label:
    """A label as it stands in the table of pairs, and as its owner writes it."""

    number: int
    name: str


@dataclass(frozen=True)
class Settings:
    """The parameters of one metric, defaults included, and the labels that they name.

    `labels` holds each parameter that is a label, by its name; `label` is the one of that name.
    """

    parameters: Mapping[str, Value] = field(default_factory=dict)
    label: Label | None = None
    labels: Mapping[str, Label] = field(default_factory=dict)


def pooled(tallies: Sequence[Tally]) -> Tally:
    """Return the counts of all cases together; `tallies` is not empty."""
    total, *rest = tallies
    for tally in rest:
        total = total + tally
    return total
