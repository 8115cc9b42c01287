"""What ends the work inside the sandbox early."""

from evaluator.codes import Code
from evaluator.errors import EvaluatorError


class UploadRefused(EvaluatorError):
    """The upload as a whole is not taken; `path` is the entry or file at fault.

    The text is a whole sentence for the participant.
    """

    code: Code

    def __init__(self, code: Code, path: str, message: str) -> None:
        self.code = code
        self.path = path
        super().__init__(message)


class TruthInvalid(EvaluatorError):
    """The ground truth cannot be read or scored against: the organiser's fault, not the team's."""

    code = "truth-invalid"
