"""The built-in metrics, from their catalogue."""

import math

from docs.generator.markdown import code, sentence, table
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.catalogue.info import MetricInfo, Parameter, ParameterKind


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
    )
    lines = "".join(f"- **{title}**: {text.rstrip('.')}.\n" for title, text in facts)
    return f"### {info.name}\n\n{info.title}.\n\n{lines}\n{_parameters(info)}"


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
