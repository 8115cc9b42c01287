"""Metrics that organisers write: `mine.py:score`, a function in the folder `scoring/`."""

import re
from collections.abc import Mapping

from evaluator.metrics.catalogue.info import (
    AGGREGATES_OF_SCORES,
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.plans import Value

_NAME = re.compile(r"(?!/)[A-Za-z0-9_/-]+\.py:[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

_DECLARED = (
    Parameter(
        "better",
        ParameterKind.CHOICE,
        "which end is the better one",
        choices=tuple(Direction),
    ),
    Parameter("lower", ParameterKind.NUMBER, "lowest value there is", lower=-1e300, upper=1e300),
    Parameter("upper", ParameterKind.NUMBER, "highest value there is", lower=-1e300, upper=1e300),
    Parameter(
        "worst",
        ParameterKind.NUMBER,
        "score of a case without a prediction; needed for 'missing: worst'",
        lower=-1e300,
        upper=1e300,
    ),
)
DECLARED = frozenset(parameter.name for parameter in _DECLARED)


def is_custom(name: str) -> bool:
    """True for the name of a function in a file: `mine.py:score`."""
    return _NAME.fullmatch(name) is not None


def file_of(name: str) -> str:
    """Return the file of a metric `mine.py:score`, below `scoring/`."""
    return name.partition(":")[0]


def custom_info(name: str, given: Mapping[str, Value]) -> MetricInfo:
    """Return the metric that `name` and its parameters in `challenge.yaml` describe.

    Raises: ValueError when they do not say which end is the better one.
    """
    if given.get("better") not in tuple(Direction):
        raise ValueError(f"{name}: add 'better: higher' or 'better: lower'")
    own = tuple(
        Parameter(key, ParameterKind.ANY, "the function's own") for key in given.keys() - DECLARED
    )
    return MetricInfo(
        name=name,
        title=name,
        family=Family.CUSTOM,
        direction=Direction(str(given["better"])),
        lower=_number(given.get("lower")),
        upper=_number(given.get("upper")),
        worst=_number(given.get("worst")),
        formula="what the function returns",
        source="The organiser.",
        code="",
        input=Input.WHOLE,
        parameters=_DECLARED + own,
        aggregates=AGGREGATES_OF_SCORES,
    )


def _number(value: Value | None) -> float | None:
    return None if value is None else float(str(value))
