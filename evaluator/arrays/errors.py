"""What can be wrong with a stored array."""

from evaluator.codes import Code
from evaluator.errors import EvaluatorError


class ArrayInvalid(EvaluatorError):
    """An array or table that cannot be taken; `code` is one of Code.

    The text is a whole sentence for the one who stored it: which file, what was found, what was
    expected, what to do. It never holds a value of another array.
    """

    code: Code

    def __init__(self, code: Code, message: str) -> None:
        self.code = code
        super().__init__(message)


def invalid(message: str) -> ArrayInvalid:
    """Return the error for bytes that are not what their format demands."""
    return ArrayInvalid(Code.FORMAT_INVALID, message)
