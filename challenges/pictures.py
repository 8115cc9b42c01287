"""Of which cases pictures are drawn and shown: plain rules. A picture shows the ground truth."""

from collections.abc import Iterable
from typing import assert_never

from challenges.config import PhaseConfig, TaskConfig
from challenges.config.phases import Pictures
from evaluator.pictures import MAX_PICTURES
from evaluator.plans import Case


def may_be_shown(case: str, phase: PhaseConfig, task: TaskConfig) -> bool:
    """True when the challenge lets teams see prediction and truth of a case."""
    match task.pictures:
        case Pictures.NONE:
            return False
        case Pictures.ALL:
            return True
        case Pictures.PUBLIC:
            return all(board.is_public(case) for board in phase.all_boards)
        case _ as never:
            assert_never(never)


def cases_to_draw(
    cases: Iterable[Case], *, phase: PhaseConfig, task: TaskConfig
) -> tuple[str, ...]:
    """Return the first cases of a plan of which there may be a picture, at most MAX_PICTURES."""
    if task.pictures is Pictures.NONE:
        return ()
    shown = [
        case.id
        for case in cases
        if not case.truth.format.is_table and may_be_shown(case.id, phase, task)
    ]
    return tuple(shown[:MAX_PICTURES])
