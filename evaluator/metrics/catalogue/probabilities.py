"""Metrics of probabilities, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import (
    AGGREGATES_OF_SCORES,
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.metrics.catalogue.parameters import ABSENT, WORST
from evaluator.plans import ExtraAxis

_POSITIVE = Parameter(
    "label", ParameterKind.LABEL, "the positive label of the truth; all others are negative", 1
)
# A prediction may be free to have more classes than the truth: none of them may count as best.
_LACKING = Parameter(
    "absent",
    ParameterKind.CHOICE,
    "what a class counts as that the truth lacks: the worst value; 'skip' leaves it out of the "
    "mean; 'reject' gives no score and ends the evaluation",
    default="reject",
    choices=("reject", "worst", "skip"),
)
_EPS = Parameter(
    "eps",
    ParameterKind.NUMBER,
    "what stands in for a smaller probability of the truth, so that no loss is infinite",
    default=1e-15,
    lower=1e-300,
    upper=0.1,
)
_TOLERANCE = Parameter(
    "tolerance",
    ParameterKind.NUMBER,
    "how far the probabilities of an element may be from a sum of 1",
    default=1e-6,
    lower=0,
    upper=0.1,
)
_CLASSES = "Class k is the label k of the truth, place k of the last axis, and the column k"
_GOOD = "Good 1952, J. R. Stat. Soc. B 14:107."

_AREAS = (
    MetricInfo(
        name="roc_auc",
        title="ROC-AUC",
        family=Family.PROBABILITIES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="share of pairs of a positive and a negative where the positive has the higher "
        "score; ties count half",
        source="Hanley and McNeil 1982, Radiology 143:29.",
        code="separations:roc_auc",
        input=Input.WHOLE,
        parameters=(_POSITIVE, ABSENT),
        aggregates=AGGREGATES_OF_SCORES,
        bytes_per_element=9,
    ),
    MetricInfo(
        name="roc_auc_ovr",
        title="ROC-AUC, one class against the rest",
        family=Family.PROBABILITIES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="mean over classes of the ROC-AUC of each against all others, by its own scores. "
        f"{_CLASSES}",
        source="Provost and Domingos 2003, Mach. Learn. 52:199, without weights.",
        code="separations:roc_auc_ovr",
        input=Input.WHOLE,
        parameters=(_LACKING,),
        aggregates=AGGREGATES_OF_SCORES,
        extra_axis=ExtraAxis.CLASS,
        bytes_per_element=32,
    ),
    MetricInfo(
        name="roc_auc_ovo",
        title="ROC-AUC, one class against another",
        family=Family.PROBABILITIES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="mean over ordered pairs of classes (i, j) of the ROC-AUC of i against j, by the "
        f"scores of i. {_CLASSES}",
        source="Hand and Till 2001, Mach. Learn. 45:171, equation 7.",
        code="separations:roc_auc_ovo",
        input=Input.WHOLE,
        parameters=(_LACKING,),
        aggregates=AGGREGATES_OF_SCORES,
        extra_axis=ExtraAxis.CLASS,
        bytes_per_element=32,
    ),
    MetricInfo(
        name="average_precision",
        title="PR-AUC (average precision)",
        family=Family.PROBABILITIES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="Σ (R(s) - R(s')) P(s) over the different scores s, falling; P and R are precision "
        "and recall when scores of s and above are positive, s' is the score above s",
        source="Zhu 2004, Recall, precision and average precision, University of Waterloo.",
        code="separations:average_precision",
        input=Input.WHOLE,
        parameters=(_POSITIVE, ABSENT),
        aggregates=AGGREGATES_OF_SCORES,
        bytes_per_element=9,
    ),
    MetricInfo(
        name="pr_auc",
        title="PR-AUC (trapezoids)",
        family=Family.PROBABILITIES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="Σ (R(s) - R(s')) (P(s) + P(s')) / 2, as in average_precision, from R = 0, P = 1 "
        "on; straight lines between points flatter a little",
        source="Davis and Goadrich 2006, ICML, 233, section 4.",
        code="separations:pr_auc",
        input=Input.WHOLE,
        parameters=(_POSITIVE, ABSENT),
        aggregates=AGGREGATES_OF_SCORES,
        bytes_per_element=9,
    ),
)
_LOSSES = (
    MetricInfo(
        name="log_loss",
        title="Log-loss",
        family=Family.PROBABILITIES,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="mean(-ln(max(q, eps))); q is p where the truth has `label`, else 1 - p",
        source=_GOOD,
        code="losses:log_loss",
        input=Input.WHOLE,
        parameters=(_POSITIVE, _EPS, WORST),
        takes_missing=True,
    ),
    MetricInfo(
        name="log_loss_multi",
        title="Log-loss of many classes",
        family=Family.PROBABILITIES,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="mean(-ln(max(q, eps))); q is the probability of the true class. Those of an "
        f"element sum to 1. {_CLASSES}",
        source=_GOOD,
        code="losses:log_loss_multi",
        input=Input.WHOLE,
        parameters=(_EPS, _TOLERANCE, WORST),
        takes_missing=True,
        extra_axis=ExtraAxis.CLASS,
    ),
    MetricInfo(
        name="brier",
        title="Brier score",
        family=Family.PROBABILITIES,
        direction=Direction.LOWER,
        lower=0,
        upper=1,
        worst=1,
        formula="mean((p - y)²); y is 1 where the truth has `label`, else 0",
        source="Brier 1950, Mon. Weather Rev. 78:1; half of equation 2, as is usual for two "
        "classes.",
        code="losses:brier",
        input=Input.WHOLE,
        parameters=(_POSITIVE,),
        takes_missing=True,
    ),
    MetricInfo(
        name="brier_multi",
        title="Brier score of many classes",
        family=Family.PROBABILITIES,
        direction=Direction.LOWER,
        lower=0,
        upper=2,
        worst=2,
        formula="mean over elements of Σ (p - y)² over classes; y is 1 for the true class, else 0. "
        f"Probabilities of an element sum to 1. {_CLASSES}",
        source="Brier 1950, Mon. Weather Rev. 78:1, equation 2.",
        code="losses:brier_multi",
        input=Input.WHOLE,
        parameters=(_TOLERANCE,),
        takes_missing=True,
        extra_axis=ExtraAxis.CLASS,
    ),
)
PROBABILITIES = (*_AREAS, *_LOSSES)
