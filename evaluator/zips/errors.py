"""What can be wrong with a ZIP file."""

from evaluator.codes import Code
from evaluator.errors import EvaluatorError


class ZipInvalid(EvaluatorError):
    """A ZIP file that is not taken; `code` is one of Code, the text completes 'The archive …'."""

    code: Code

    def __init__(self, code: Code, message: str) -> None:
        self.code = code
        super().__init__(message)


def damaged(reason: str) -> ZipInvalid:
    """Return the error for bytes that are not what the format demands."""
    return ZipInvalid(Code.ARCHIVE_INVALID, f"is damaged: {reason}; pack and upload it again.")


def shown(name: str) -> str:
    """Return a name from an archive as it may stand in a sentence."""
    return ascii(name[:100])
