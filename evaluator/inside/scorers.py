"""The metrics of a plan, ready to be computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluator.arrays.cells import Vocabulary
from evaluator.inside.custom import load
from evaluator.metrics import catalogue
from evaluator.metrics.catalogue.custom import is_custom
from evaluator.metrics.catalogue.info import MetricInfo, ParameterKind
from evaluator.metrics.registry import code_of
from evaluator.metrics.tallies import Label, Settings, Tally
from evaluator.plans import Aggregate, Case, DtypeKind, MetricsPlan, Value


@dataclass(frozen=True)
class Scorer:
    """One metric of the plan, ready to count."""

    key: str
    info: MetricInfo
    settings: Settings
    aggregate: Aggregate
    worst: float | None
    code: Callable[..., Tally]  # of what `info.input` says, and of Settings
    groups: frozenset[str] = frozenset()

    @property
    def is_pooled(self) -> bool:
        """True when counts and not scores are brought together."""
        return not self.aggregate.is_over_scores

    @property
    def worst_score(self) -> float:
        """The score of a case without a prediction. Raises: ValueError when there is none."""
        if self.worst is None:
            raise ValueError(f"{self.key}: 'missing: worst' needs the parameter 'worst'")
        return self.worst

    def applies_to(self, case: Case) -> bool:
        """True when the plan asks for the metric of `case`."""
        return not self.groups or case.group in self.groups


def scorers(plan: MetricsPlan, vocabulary: Vocabulary, program: Path) -> tuple[Scorer, ...]:
    """Return the metrics of the plan, their labels as numbers; `program` holds the organiser's own.

    Raises: ValueError, CustomInvalid.
    """
    is_text = any(case.dtype is DtypeKind.TEXT for case in plan.cases)
    prepared = []
    for metric in plan.metrics:
        info = catalogue.info_of(metric.metric, metric.parameters)
        parameters = info.settled(metric.parameters)
        labels = _labels(info, parameters, vocabulary if is_text else None)
        prepared.append(
            Scorer(
                key=metric.key,
                info=info,
                settings=Settings(parameters, labels.get("label"), labels),
                aggregate=metric.aggregate,
                worst=info.worst_score(parameters),
                groups=frozenset(metric.groups),
                code=load(program, info.name) if is_custom(info.name) else code_of(info),
            )
        )
    return tuple(prepared)


def _labels(
    info: MetricInfo, parameters: Mapping[str, Value], vocabulary: Vocabulary | None
) -> dict[str, Label]:
    names = [item.name for item in info.parameters if item.kind is ParameterKind.LABEL]
    return {name: _label(parameters[name], vocabulary) for name in names if name in parameters}


def _label(value: Value, vocabulary: Vocabulary | None) -> Label:
    if vocabulary is not None:
        return Label(vocabulary.number(str(value)), str(value))
    return Label(int(str(value)), str(value))
