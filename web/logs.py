"""The logs of scoring programs, for organisers."""

from dataclasses import dataclass

from challenges.blobs import site_blobs
from challenges.models import Evaluation
from evaluator.errors import InputUnavailable

LOST = "(The blob store has lost this log.)\n"
TAIL_CHARACTERS = 4000  # shown in the page; the whole is one click away


@dataclass(frozen=True)
class Log:
    """What an evaluation's programs printed; empty while it runs."""

    evaluation: Evaluation
    text: str

    @property
    def tail(self) -> str:
        """The end, where trouble usually stands."""
        return self.text[-TAIL_CHARACTERS:]

    @property
    def is_cut(self) -> bool:
        """True when the page shows only the end."""
        return len(self.text) > TAIL_CHARACTERS


def log_text(evaluation: Evaluation) -> Log:
    """Return an evaluation's log; one that the store has lost says so."""
    if not evaluation.log_sha256:
        return Log(evaluation, "")
    try:
        with site_blobs().open(evaluation.log_sha256) as file:
            return Log(evaluation, file.read().decode("utf-8", "replace"))
    except InputUnavailable:
        return Log(evaluation, LOST)
