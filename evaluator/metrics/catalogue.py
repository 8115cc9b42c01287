"""The built-in metrics as data: importable without numpy, for the site and for the docs."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evaluator.plans import Aggregate

Parameter = float | int | str | bool

PER_CASE = (Aggregate.MEAN, Aggregate.MEDIAN, Aggregate.MIN, Aggregate.MAX)
ALSO_POOLED = (*PER_CASE, Aggregate.POOLED)


class Family(StrEnum):
    """What a metric compares."""

    LABELS = "labels"  # one class per row
    MASKS = "masks"  # one class per pixel or voxel
    INSTANCES = "instances"  # one object id per pixel or voxel, 0 is background
    FIELDS = "fields"  # one number per row, pixel or voxel


class Direction(StrEnum):
    """Which scores are better."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True)
class ParameterInfo:
    """One parameter: its type, its default (None: not set), the values it may have."""

    type: type[Parameter]
    default: Parameter | None
    choices: tuple[Parameter, ...] = ()
    lower: float | None = None
    upper: float | None = None

    def check(self, name: str, value: Parameter) -> None:
        """Let a value pass. Raises: ValueError saying what is taken."""
        wanted = (int, float) if self.type is float else (self.type,)
        if not isinstance(value, wanted) or (isinstance(value, bool) and self.type is not bool):
            raise ValueError(f"'{name}' is {value!r}; it takes a {self.type.__name__}")
        if self.choices and value not in self.choices:
            raise ValueError(f"'{name}' is {value!r}; it takes {', '.join(map(str, self.choices))}")
        if isinstance(value, str):
            return
        if self.lower is not None and value < self.lower:
            raise ValueError(f"'{name}' is {value!r}; it is at least {self.lower:g}")
        if self.upper is not None and value > self.upper:
            raise ValueError(f"'{name}' is {value!r}; it is at most {self.upper:g}")


@dataclass(frozen=True)
class MetricInfo:
    """What is known of a metric without computing it. `upper` None: unbounded."""

    name: str
    title: str
    family: Family
    direction: Direction
    lower: float | None
    upper: float | None
    worst: float | None  # what a missing case counts under `missing: worst`; None: no worst value
    formula: str
    source: str
    aggregates: tuple[Aggregate, ...] = ALSO_POOLED
    parameters: Mapping[str, ParameterInfo] = field(default_factory=dict)

    def check_parameters(self, given: Mapping[str, Parameter]) -> None:
        """Let parameters pass that the metric has. Raises: ValueError naming the first other."""
        for name, value in given.items():
            if name not in self.parameters:
                near = difflib.get_close_matches(name, self.parameters, n=1)
                hint = f", did you mean '{near[0]}'?" if near else ""
                raise ValueError(f"{self.name} has no parameter '{name}'{hint}")
            self.parameters[name].check(name, value)


_LABEL = {"label": ParameterInfo(int, None, lower=0)}

CATALOGUE: dict[str, MetricInfo] = {
    info.name: info
    for info in (
        MetricInfo(
            "accuracy", "Accuracy", Family.LABELS, Direction.HIGHER, 0, 1, 0,
            "right / all", "Pedregosa et al. 2011, JMLR 12:2825",
        ),
        MetricInfo(
            "f1", "F1", Family.LABELS, Direction.HIGHER, 0, 1, 0,
            "2 tp / (2 tp + fp + fn)", "van Rijsbergen 1979, Information Retrieval, ch. 7",
            parameters={
                "average": ParameterInfo(str, "macro", choices=("macro", "micro", "binary")),
                "positive": ParameterInfo(int, 1),
            },
        ),
        MetricInfo(
            "dice", "Dice", Family.MASKS, Direction.HIGHER, 0, 1, 0,
            "2 |P ∩ T| / (|P| + |T|)", "Dice 1945, Ecology 26:297", parameters=_LABEL,
        ),
        MetricInfo(
            "iou", "Intersection over union", Family.MASKS, Direction.HIGHER, 0, 1, 0,
            "|P ∩ T| / |P ∪ T|", "Everingham et al. 2010, IJCV 88:303", parameters=_LABEL,
        ),
        MetricInfo(
            "object_f1", "Object F1", Family.INSTANCES, Direction.HIGHER, 0, 1, 0,
            "2 TP / (2 TP + FP + FN), matched where IoU > threshold",
            "Caicedo et al. 2019, Nature Methods 16:1247",
            parameters={"threshold": ParameterInfo(float, 0.5, lower=0.5, upper=1)},
        ),
        MetricInfo(
            "rmse", "Root mean square error", Family.FIELDS, Direction.LOWER, 0, None, None,
            "sqrt(mean((p - t)²))", "Wilks 2011, Statistical Methods in the Atmospheric Sciences",
        ),
        MetricInfo(
            "mae", "Mean absolute error", Family.FIELDS, Direction.LOWER, 0, None, None,
            "mean(|p - t|)", "Willmott and Matsuura 2005, Climate Research 30:79",
        ),
    )
}  # fmt: skip
