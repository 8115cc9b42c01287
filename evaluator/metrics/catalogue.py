"""What is registered for each built-in metric: direction, bounds, formula, source, parameters."""

import difflib
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from evaluator.plans import Aggregate

Value = float | int | str | bool


class Family(StrEnum):
    """What kind of data a metric compares."""

    LABELS = "labels"  # one class per element
    MASKS = "masks"  # regions of a label
    INSTANCES = "instances"  # each label is one object
    FIELDS = "fields"  # numbers


class Direction(StrEnum):
    """Which end of a metric is the better one."""

    HIGHER = "higher"
    LOWER = "lower"


class ParameterKind(StrEnum):
    """What a parameter may be."""

    LABEL = "label"  # an integer, or a text where the labels are texts
    CHOICE = "choice"
    NUMBER = "number"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a metric; without `default` it may be left out and then means nothing."""

    name: str
    kind: ParameterKind
    meaning: str
    default: Value | None = None
    choices: tuple[str, ...] = ()
    lower: float = -math.inf  # of a NUMBER, both ends included
    upper: float = math.inf

    def check(self, value: object) -> None:
        """Do nothing for a value that may be given. Raises: ValueError naming what may."""
        if self.kind is ParameterKind.LABEL:
            fits = type(value) is int or type(value) is str
        elif self.kind is ParameterKind.CHOICE:
            fits = value in self.choices
        else:
            fits = type(value) in {int, float} and self.lower <= float(str(value)) <= self.upper
        if not fits:
            raise ValueError(f"{self.name} is {value!r:.60}; write {self._wanted()}")

    def _wanted(self) -> str:
        if self.kind is ParameterKind.LABEL:
            return "a label: a whole number or a text"
        if self.kind is ParameterKind.CHOICE:
            return f"one of {', '.join(self.choices)}"
        if math.isinf(self.lower) and math.isinf(self.upper):
            return "a number"
        return f"a number from {self.lower:g} to {self.upper:g}"


@dataclass(frozen=True)
class MetricInfo:
    """One metric as people and `challenge.yaml` see it; `worst` is None when there is no worst."""

    name: str
    title: str
    family: Family
    direction: Direction
    lower: float | None
    upper: float | None
    worst: float | None
    formula: str
    source: str
    parameters: tuple[Parameter, ...]
    aggregates: tuple[Aggregate, ...] = tuple(Aggregate)

    def check_parameters(self, given: Mapping[str, Value]) -> None:
        """Do nothing when `given` may stand beside this metric in `challenge.yaml`.

        Raises: ValueError naming the parameter and what to write.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name, value in given.items():
            if name not in known:
                raise ValueError(
                    f"{self.name} has no parameter '{name}'{_did_you_mean(name, known)}"
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
        return None if declared is None else float(declared)


def find(name: str) -> MetricInfo:
    """Return the metric called `name`. Raises: ValueError naming the nearest one."""
    if name not in CATALOGUE:
        raise ValueError(f"unknown metric '{name}'{_did_you_mean(name, CATALOGUE)}")
    return CATALOGUE[name]


def _did_you_mean(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f", did you mean '{near[0]}'?" if near else f"; it knows {', '.join(known)}"


_ABSENT = Parameter(
    "absent",
    ParameterKind.CHOICE,
    "score of a case where the metric is 0/0, because neither prediction nor truth has the label: "
    "the best or the worst value; 'reject' gives none and ends the evaluation",
    default="reject",
    choices=("reject", "best", "worst"),
)
_LABEL = Parameter(
    "label",
    ParameterKind.LABEL,
    "the one label to score; left out: the mean over the labels of the truth, 0 being background",
)
_WORST = Parameter(
    "worst",
    ParameterKind.NUMBER,
    "score of a case without a prediction; needed for 'missing: worst'",
    lower=0,
    upper=1e300,
)

_METRICS = (
    MetricInfo(
        name="accuracy",
        title="Accuracy",
        family=Family.LABELS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="elements with the right label / all elements",
        source="Fawcett 2006, Pattern Recognition Letters 27:861, section 2.",
        parameters=(),
    ),
    MetricInfo(
        name="f1",
        title="F1",
        family=Family.LABELS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="2 TP / (2 TP + FP + FN), per label; macro: the plain mean over all labels of "
        "truth and prediction; micro: counts added over labels; binary: of `label` alone",
        source="van Rijsbergen 1979, Information Retrieval, chapter 7; averages as in "
        "Sokolova and Lapalme 2009, Inf. Process. Manag. 45:427, table 3.",
        parameters=(
            Parameter(
                "average",
                ParameterKind.CHOICE,
                "how labels become one number",
                default="macro",
                choices=("macro", "micro", "binary"),
            ),
            Parameter("label", ParameterKind.LABEL, "the positive label of 'binary'", default=1),
            _ABSENT,
        ),
    ),
    MetricInfo(
        name="dice",
        title="Dice",
        family=Family.MASKS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="2 TP / (2 TP + FP + FN), in elements",
        source="Dice 1945, Ecology 26:297.",
        parameters=(_LABEL, _ABSENT),
    ),
    MetricInfo(
        name="iou",
        title="Intersection over union",
        family=Family.MASKS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="TP / (TP + FP + FN), in elements",
        source="Everingham et al. 2010, IJCV 88:303, segmentation accuracy.",
        parameters=(_LABEL, _ABSENT),
    ),
    MetricInfo(
        name="object_f1",
        title="Object F1",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="2 TP / (2 TP + FP + FN); a true object is found (TP) when one predicted object "
        "has an IoU with it above `threshold`; 0 is background",
        source="Caicedo et al. 2019, Nature Methods 16:1247; matches above 0.5 are unique: "
        "Kirillov et al. 2019, CVPR, section 4.1.",
        parameters=(
            Parameter(
                "threshold",
                ParameterKind.NUMBER,
                "IoU that a match must exceed",
                default=0.5,
                lower=0.5,
                upper=0.999,
            ),
            _ABSENT,
        ),
    ),
    MetricInfo(
        name="rmse",
        title="Root mean square error",
        family=Family.FIELDS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="sqrt(mean((p - t)²))",
        source="Chai and Draxler 2014, Geosci. Model Dev. 7:1247.",
        parameters=(_WORST,),
    ),
    MetricInfo(
        name="mae",
        title="Mean absolute error",
        family=Family.FIELDS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="mean(|p - t|)",
        source="Chai and Draxler 2014, Geosci. Model Dev. 7:1247.",
        parameters=(_WORST,),
    ),
)

CATALOGUE: Mapping[str, MetricInfo] = MappingProxyType({info.name: info for info in _METRICS})
