"""Metrics of classes, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import (
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.metrics.catalogue.parameters import ABSENT

LABELS = (
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
        code="labels:accuracy",
        input=Input.PAIRS,
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
        code="labels:f1",
        input=Input.PAIRS,
        parameters=(
            Parameter(
                "average",
                ParameterKind.CHOICE,
                "how labels become one number",
                default="macro",
                choices=("macro", "micro", "binary"),
            ),
            Parameter("label", ParameterKind.LABEL, "the positive label of 'binary'", default=1),
            ABSENT,
        ),
    ),
)
