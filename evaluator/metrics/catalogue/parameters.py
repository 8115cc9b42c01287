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
ABSENT_OF_EACH = Parameter(
    "absent",
    ParameterKind.CHOICE,
    "what a label, class or query counts as for which the metric is 0/0: the best or the worst "
    "value; 'skip' leaves it out of the mean; 'reject' gives no score and ends the evaluation",
    default="reject",
    choices=("reject", "best", "worst", "skip"),
)
CHANCE = Parameter(
    "absent",
    ParameterKind.CHOICE,
    "score of a case where the metric is 0/0, because one side is the same throughout: the best or "
    "the worst value, or zero, as by chance; 'reject' gives none and ends the evaluation",
    default="reject",
    choices=("reject", "best", "worst", "zero"),
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
