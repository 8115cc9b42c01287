"""What is registered for each built-in metric: direction, bounds, formula, source, parameters."""

import difflib
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evaluator.plans import Aggregate, ExtraAxis, Value

AGGREGATES_OF_SCORES = tuple(kind for kind in Aggregate if kind.is_over_scores)


class Family(StrEnum):
    """What kind of data a metric compares."""

    LABELS = "labels"  # one class per element
    PROBABILITIES = "probabilities"  # how sure the prediction is of a class
    RANKINGS = "rankings"  # an order of items
    NUMBERS = "numbers"  # measured values, element by element
    MASKS = "masks"  # regions of a label
    SURFACES = "surfaces"  # the boundaries of regions
    INSTANCES = "instances"  # each label is one object
    IMAGES = "images"  # grey values on a grid
    FIELDS = "fields"  # physical fields on a grid
    CUSTOM = "custom"  # whatever an organiser's function reads


class Direction(StrEnum):
    """Which end of a metric is the better one."""

    HIGHER = "higher"
    LOWER = "lower"


class Input(StrEnum):
    """What a metric is computed from."""

    PAIRS = "pairs"  # the table of label pairs, counted in one pass
    ERRORS = "errors"  # sums over the errors, taken in the same pass
    WHOLE = "whole"  # both arrays, which the metric reads as it needs them


class ParameterKind(StrEnum):
    """What a parameter may be."""

    LABEL = "label"  # an integer, or a text where the labels are texts
    CHOICE = "choice"
    NUMBER = "number"
    NUMBERS = "numbers"
    SWITCH = "switch"  # true or false
    ANY = "any"  # of an organiser's function


@dataclass(frozen=True)
class Parameter:
    """One parameter of a metric; without `default` it may be left out and then means nothing."""

    name: str
    kind: ParameterKind
    meaning: str
    default: Value | None = None
    choices: tuple[str, ...] = ()
    lower: float = -math.inf  # of a NUMBER, or of each of NUMBERS; both ends included
    upper: float = math.inf

    def check(self, value: object) -> None:
        """Do nothing for a value that may be given. Raises: ValueError naming what may."""
        if not self._fits(value):
            raise ValueError(f"{self.name} is {value!r:.60}; write {self._wanted()}")

    def _fits(self, value: object) -> bool:
        kinds: dict[ParameterKind, tuple[type, ...]] = {
            ParameterKind.LABEL: (int, str),
            ParameterKind.SWITCH: (bool,),
        }
        if self.kind is ParameterKind.CHOICE:
            return value in self.choices
        if self.kind is ParameterKind.NUMBER:
            return self._is_number(value)
        if self.kind is ParameterKind.NUMBERS:
            items = value if isinstance(value, list | tuple) else ()
            return 0 < len(items) <= 100 and all(self._is_number(item) for item in items)
        return self.kind is ParameterKind.ANY or type(value) in kinds[self.kind]

    def _is_number(self, value: object) -> bool:
        return type(value) in {int, float} and self.lower <= float(str(value)) <= self.upper

    def _wanted(self) -> str:
        match self.kind:
            case ParameterKind.LABEL:
                return "a label: a whole number or a text"
            case ParameterKind.CHOICE:
                return f"one of {', '.join(self.choices)}"
            case ParameterKind.SWITCH:
                return "true or false"
            case ParameterKind.ANY:
                return "anything"
            case ParameterKind.NUMBER:
                return f"a number{self._range()}"
            case ParameterKind.NUMBERS:
                return f"a list of numbers{self._range()}"

    def _range(self) -> str:
        if math.isinf(self.lower) and math.isinf(self.upper):
            return ""
        return f" from {self.lower:g} to {self.upper:g}"


@dataclass(frozen=True)
class MetricInfo:
    """One metric as people and `challenge.yaml` see it; `worst` is None when there is no worst.

    `code` is `module:function` below `evaluator.metrics`; the function takes the `input` and the
    settings, and returns a tally. `bytes_per_element` is what a metric of whole arrays allocates
    for each element of the truth, checked against the memory of the task before anything is read.
    """

    name: str
    title: str
    family: Family
    direction: Direction
    lower: float | None
    upper: float | None
    worst: float | None
    formula: str
    source: str
    code: str
    input: Input
    parameters: tuple[Parameter, ...] = ()
    aggregates: tuple[Aggregate, ...] = tuple(Aggregate)
    best: float | None = None  # where it is not the end of the range that `direction` names
    needs: tuple[str, ...] = ()  # auxiliary arrays without which it cannot be computed
    takes: tuple[str, ...] = ()  # auxiliary arrays that it uses when they are declared
    extra_axis: ExtraAxis | None = None
    aligns: bool = False  # of WHOLE ones: can bring a prediction to the truth itself
    takes_missing: bool = False  # of WHOLE ones: counts a case without a prediction itself
    bytes_per_element: float = 0
    is_compiled: bool = False  # runs compiled loops on cases of any size

    def check_parameters(self, given: Mapping[str, Value]) -> None:
        """Do nothing when `given` may stand beside this metric in `challenge.yaml`.

        Raises: ValueError naming the parameter and what to write.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name, value in given.items():
            if name not in known:
                raise ValueError(
                    f"{self.name} has no parameter '{name}'{did_you_mean(name, known)}"
                )
            known[name].check(value)

    def settled(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return `given` with the defaults of what is left out. Raises: ValueError."""
        self.check_parameters(given)
        defaults = {p.name: p.default for p in self.parameters if p.default is not None}
        return {**defaults, **given}

    def worst_score(self, given: Mapping[str, Value]) -> float | None:
        """Return the score of a case without a prediction; None when none is declared."""
        declared = given.get("worst", self.worst)
        return None if declared is None else float(str(declared))

    @property
    def best_score(self) -> float | None:
        """The best value there is; None when there is none."""
        if self.best is not None:
            return self.best
        return self.upper if self.direction is Direction.HIGHER else self.lower


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return the end of a sentence about an unknown name: the nearest one, or all of them."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f", did you mean '{near[0]}'?" if near else f"; it knows {', '.join(known)}"
