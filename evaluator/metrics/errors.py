"""What can keep a metric from having a value."""

from evaluator.codes import Code
from evaluator.errors import EvaluatorError


class ScoreUndefined(EvaluatorError):
    """The formula is 0/0: there is nothing to score. The text is a whole sentence."""

    code = Code.LABEL_ABSENT


class LabelAbsent(ScoreUndefined):
    """Neither prediction nor ground truth has the label."""

    def __init__(self, label: int | str | None) -> None:
        self.label = label
        what = "any label but background" if label is None else f"label {label}"
        super().__init__(f"Neither the prediction nor the ground truth has {what}.")


class ObjectsAbsent(ScoreUndefined):
    """Neither prediction nor ground truth has an object."""

    def __init__(self) -> None:
        super().__init__("Neither the prediction nor the ground truth has an object.")


class Unvaried(ScoreUndefined):
    """A side that is the same throughout correlates with nothing."""

    def __init__(self) -> None:
        super().__init__(
            "The prediction or the ground truth is the same throughout, "
            "so it correlates with nothing."
        )


class ValuesUnfit(EvaluatorError):
    """Values that a metric cannot take; the text completes 'The array …'."""

    code = Code.VALUE_OUT_OF_RANGE


class NotFinite(ValuesUnfit):
    """A prediction with NaN or infinity where it is scored."""

    code = Code.VALUE_NOT_FINITE

    def __init__(self, count: int, total: int) -> None:
        super().__init__(
            f"holds NaN or infinity in {count} of {total} places; replace them with numbers."
        )


class TruthUnfit(EvaluatorError):
    """A truth that a metric cannot take: the organiser's fault; the text completes 'it …'."""
