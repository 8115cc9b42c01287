"""Metrics of classes, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import (
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.metrics.catalogue.parameters import ABSENT, ABSENT_OF_EACH, CHANCE, WORST

_AVERAGE = Parameter(
    "average",
    ParameterKind.CHOICE,
    "how labels become one number: the plain mean over all labels of truth and prediction, counts "
    "added over labels, `label` alone, or the mean weighted by how often the truth has each label",
    default="macro",
    choices=("macro", "micro", "binary", "weighted"),
)
_LABEL = Parameter("label", ParameterKind.LABEL, "the positive label of 'binary'", default=1)
_AVERAGED = (_AVERAGE, _LABEL)
_FAWCETT = "Fawcett 2006, Pattern Recognition Letters 27:861, section 2."
_AVERAGES_AS_IN = "averages as in Sokolova and Lapalme 2009, Inf. Process. Manag. 45:427, table 3."

_SHARES = (
    MetricInfo(
        name="accuracy",
        title="Accuracy",
        family=Family.LABELS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="elements with the right label / all elements",
        source=_FAWCETT,
        code="labels:accuracy",
        input=Input.PAIRS,
        parameters=(),
    ),
    MetricInfo(
        name="balanced_accuracy",
        title="Balanced accuracy",
        family=Family.LABELS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="mean of TP / (TP + FN) over the labels of the truth",
        source="Brodersen et al. 2010, ICPR, 3121.",
        code="labels:balanced_accuracy",
        input=Input.PAIRS,
        parameters=(ABSENT,),
    ),
    MetricInfo(
        name="precision",
        title="Precision",
        family=Family.LABELS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="TP / (TP + FP), per label; 0/0 for a label that is never predicted",
        source=f"{_FAWCETT[:-1]}; {_AVERAGES_AS_IN}",
        code="labels:precision",
        input=Input.PAIRS,
        parameters=(*_AVERAGED, ABSENT_OF_EACH),
    ),
    MetricInfo(
        name="recall",
        title="Recall",
        family=Family.LABELS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="TP / (TP + FN), per label; 0/0 for a predicted label that the truth lacks",
        source=f"{_FAWCETT[:-1]}; {_AVERAGES_AS_IN}",
        code="labels:recall",
        input=Input.PAIRS,
        parameters=(*_AVERAGED, ABSENT_OF_EACH),
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
        "truth and prediction; micro: counts added over labels; binary: of `label` alone; "
        "weighted: the mean weighted by how often the truth has each label",
        source=f"van Rijsbergen 1979, Information Retrieval, chapter 7; {_AVERAGES_AS_IN}",
        code="labels:f1",
        input=Input.PAIRS,
        parameters=(*_AVERAGED, ABSENT),
    ),
    MetricInfo(
        name="fbeta",
        title="F-beta",
        family=Family.LABELS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="(1 + β²) TP / ((1 + β²) TP + β² FN + FP), per label",
        source=f"van Rijsbergen 1979, Information Retrieval, chapter 7; {_AVERAGES_AS_IN}",
        code="labels:fbeta",
        input=Input.PAIRS,
        parameters=(
            Parameter(
                "beta",
                ParameterKind.NUMBER,
                "how many times as much recall weighs as precision",
                default=2,
                lower=0.01,
                upper=100,
            ),
            *_AVERAGED,
            ABSENT,
        ),
    ),
)
_AGREEMENTS = (
    MetricInfo(
        name="cohen_kappa",
        title="Cohen's kappa",
        family=Family.LABELS,
        direction=Direction.HIGHER,
        lower=-1,
        upper=1,
        worst=-1,
        formula="1 - mean(w(t, p)) / mean of w over each true label with each predicted one; "
        "w(t, p) is 1 where they differ; linear: |t - p|; quadratic: (t - p)²",
        source="Cohen 1960, Educ. Psychol. Meas. 20:37; weights: Cohen 1968, Psychol. Bull. "
        "70:213.",
        code="agreements:cohen_kappa",
        input=Input.PAIRS,
        parameters=(
            Parameter(
                "weights",
                ParameterKind.CHOICE,
                "how far apart two labels are; 'linear' and 'quadratic' take labels that are "
                "numbers on one scale",
                default="none",
                choices=("none", "linear", "quadratic"),
            ),
            CHANCE,
        ),
    ),
    MetricInfo(
        name="mcc",
        title="Matthews correlation coefficient",
        family=Family.LABELS,
        direction=Direction.HIGHER,
        lower=-1,
        upper=1,
        worst=-1,
        formula="(c n - Σ tₖ pₖ) / sqrt((n² - Σ tₖ²) (n² - Σ pₖ²)); c of n elements are right, "
        "tₖ have and pₖ get the label k",
        source="Matthews 1975, Biochim. Biophys. Acta 405:442; many labels: Gorodkin 2004, "
        "Comput. Biol. Chem. 28:367, equation 8.",
        code="agreements:mcc",
        input=Input.PAIRS,
        parameters=(CHANCE,),
    ),
    MetricInfo(
        name="confusion",
        title="Confusion of one label with another",
        family=Family.LABELS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="elements of `truth_label` predicted as `predicted_label`: a cell of the confusion "
        "matrix, as a share of what `normalise` says. Higher is better where both are one label",
        source=_FAWCETT,
        code="agreements:confusion",
        input=Input.PAIRS,
        parameters=(
            Parameter("truth_label", ParameterKind.LABEL, "the row: what it is", default=1),
            Parameter(
                "predicted_label",
                ParameterKind.LABEL,
                "the column: what it is taken for",
                default=0,
            ),
            Parameter(
                "normalise",
                ParameterKind.CHOICE,
                "what the cell is a share of: its row (true), its column (pred), all elements, or "
                "nothing: then it is a number of elements",
                default="true",
                choices=("none", "true", "pred", "all"),
            ),
            ABSENT,
            WORST,
        ),
    ),
)
LABELS = (*_SHARES, *_AGREEMENTS)
