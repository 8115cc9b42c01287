"""The built-in metrics, from their catalogue."""

import math

from docs.generator.markdown import code, sentence, table
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.catalogue.info import MetricInfo, Parameter, ParameterKind
from evaluator.plans import ExtraAxis


def metrics_overview() -> str:
    """Return one row for each metric."""
    rows = [
        (
            code(info.name),
            info.title,
            info.family.value,
            f"{info.direction.value} is better",
            _bounds(info),
        )
        for info in CATALOGUE.values()
    ]
    return table(("Metric", "Title", "Compares", "Direction", "Range"), rows)


def metrics_details() -> str:
    """Return one section for each metric."""
    return "\n".join(_section(info) for info in CATALOGUE.values())


def _section(info: MetricInfo) -> str:
    worst = "none is declared; give the parameter `worst`" if info.worst is None else info.worst
    facts = (
        ("Formula", info.formula),
        ("Range", f"{_bounds(info)}; {info.direction.value} is better"),
        ("Score of a case without a prediction", str(worst)),
        ("Aggregates", ", ".join(code(aggregate) for aggregate in info.aggregates)),
        ("Source", info.source),
        *_inputs(info),
    )
    lines = "".join(f"- **{title}**: {text.rstrip('.')}.\n" for title, text in facts)
    return f"### {info.name}\n\n{info.title}.\n\n{lines}\n{_parameters(info)}"


def _inputs(info: MetricInfo) -> tuple[tuple[str, str], ...]:
    """Return what it takes beside prediction and truth, so far as there is something to say."""
    facts = []
    if info.extra_axis is ExtraAxis.CLASS:
        facts.append(("Prediction", "one axis more than the truth, the last: one place per class"))
    if info.extra_axis is ExtraAxis.MEMBER:
        facts.append(("Prediction", "one axis more than the truth, the first: the members"))
    if info.needs:
        facts.append(("Needs under `auxiliary`", ", ".join(map(code, info.needs))))
    if info.takes:
        facts.append(("Takes under `auxiliary`", ", ".join(map(code, info.takes))))
    if info.bytes_per_element:
        facts.append(("Memory", f"{info.bytes_per_element:g} bytes per element of the truth"))
    return tuple(facts)


def _parameters(info: MetricInfo) -> str:
    if not info.parameters:
        return "It has no parameters.\n"
    rows = [(code(p.name), _value(p), _default(p), sentence(p.meaning)) for p in info.parameters]
    return table(("Parameter", "Value", "Default", "Meaning"), rows)


def _value(parameter: Parameter) -> str:
    match parameter.kind:
        case ParameterKind.ANY:
            return "anything"
        case ParameterKind.SWITCH:
            return "`true` or `false`"
        case ParameterKind.NUMBERS:
            return f"list of numbers from {parameter.lower:g} to {parameter.upper:g}"
        case ParameterKind.LABEL:
            return "label: a whole number or a text"
        case ParameterKind.CHOICE:
            return "one of " + ", ".join(code(choice) for choice in parameter.choices)
        case ParameterKind.NUMBER:
            return f"number from {parameter.lower:g} to {parameter.upper:g}"


def _default(parameter: Parameter) -> str:
    return "none" if parameter.default is None else code(parameter.default)


def _bounds(info: MetricInfo) -> str:
    low = -math.inf if info.lower is None else info.lower
    high = math.inf if info.upper is None else info.upper
    return f"{low:g} to {high:g}" if math.isfinite(high) else f"{low:g} and up"
