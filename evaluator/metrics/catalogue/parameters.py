"""Parameters that several metrics share."""

from evaluator.metrics.catalogue.info import Parameter, ParameterKind

ABSENT = Parameter(
    "absent",
    ParameterKind.CHOICE,
    "score of a case where the metric is 0/0, because neither prediction nor truth has the label: "
    "the best or the worst value; 'reject' gives none and ends the evaluation",
    default="reject",
    choices=("reject", "best", "worst"),
)
LABEL = Parameter(
    "label",
    ParameterKind.LABEL,
    "the one label to score; left out: the mean over the labels of the truth, 0 being background",
)
WORST = Parameter(
    "worst",
    ParameterKind.NUMBER,
    "score of a case without a prediction; needed for 'missing: worst'",
    lower=0,
    upper=1e300,
)
