"""Scores under the titles that boards give them; the boards' columns first, in their order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from challenges.config import Column
from challenges.models import Submission
from challenges.selectors.submissions import UNLISTED_DIGITS


@dataclass(frozen=True)
class Titled:
    """What a score is called, and how it is read; `column` is None when no board shows it."""

    key: str
    title: str
    column: Column | None
    digits: int


@dataclass(frozen=True)
class Shown(Titled):
    """One score."""

    value: float


def task_columns(submission: Submission, task: str) -> dict[str, Column]:
    """Return the columns of the phase's boards that show a task, by score, in the boards' order."""
    columns: dict[str, Column] = {}
    for board in submission.phase.config.all_boards:
        for column in board.columns:
            if column.task in {"", task}:
                columns.setdefault(column.score, column)
    return columns


def titled(
    cases: Iterable[Mapping[str, float]], columns: Mapping[str, Column], *, like: Iterable[str]
) -> tuple[Titled, ...]:
    """Return each score of the cases with its title, in the order of `columns`, then of `like`."""
    values: dict[str, list[float]] = {}
    for scores in cases:
        for key, value in scores.items():
            values.setdefault(key, []).append(value)
    order = dict.fromkeys([*columns, *like, *values])
    return tuple(_titled(key, columns.get(key), values[key]) for key in order if key in values)


def leading(scores: Mapping[str, float], columns: Mapping[str, Column]) -> tuple[Shown, ...]:
    """Return the scores that boards show, in the boards' order."""
    return tuple(
        Shown(key, column.title, column, column.digits, scores[key])
        for key, column in columns.items()
        if key in scores
    )


def others(scores: Mapping[str, float], columns: Mapping[str, Column]) -> tuple[Shown, ...]:
    """Return the scores that no board shows, in the order in which the scoring names them."""
    found = {key: value for key, value in scores.items() if key not in columns}
    digits = _digits(found.values())
    return tuple(Shown(key, _title(key), None, digits, value) for key, value in found.items())


def _titled(key: str, column: Column | None, values: Iterable[float]) -> Titled:
    if column is None:
        return Titled(key, _title(key), None, _digits(values))
    return Titled(key, column.title, column, column.digits)


def _title(key: str) -> str:
    return key.replace("_", " ")


def _digits(values: Iterable[float]) -> int:
    """Return with how many digits scores that no board shows stand below each other."""
    return 0 if all(value % 1 == 0 for value in values) else UNLISTED_DIGITS
