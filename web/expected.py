"""What an upload must hold, in words, beside the form that takes it."""

from dataclasses import dataclass

from challenges.config.scoring import CaseConfig
from challenges.models import Phase


@dataclass(frozen=True)
class Expected:
    """The files of one line of `cases`: one, or the first and the last of many."""

    first: tuple[str, ...]  # alternatives: one of them is enough
    last: str  # empty when there is only one case
    count: int
    kind: str


def expected_files(phase: Phase) -> list[Expected]:
    """Return what an upload to the phase must hold; empty when only a program knows."""
    cases = [case for task in phase.config.all_tasks for case in task.cases]
    return [_expected(case) for case in cases]


def _expected(config: CaseConfig) -> Expected:
    cases = config.expanded()
    column = f", column {config.column}" if config.column else ""
    index = f" by {config.index}" if config.index else ""
    return Expected(
        first=tuple(source.path for source in cases[0].sources),
        last=cases[-1].sources[0].path if len(cases) > 1 else "",
        count=len(cases),
        kind=f"{config.dtype}{column}{index}",
    )
