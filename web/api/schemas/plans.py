"""What uploads are checked and scored by, over the wire."""

from typing import Literal

from evaluator.plans import Case, Combination, Metric, Missing
from web.api.schemas.base import Frozen


class PlanInfo(Frozen):
    """How a task is checked and scored, as far as that needs nothing of the organisers' own.

    `is_whole` is false where code of theirs scores, too; the scores of that code are left out.
    """

    task: str
    title: str
    cases: tuple[Case, ...]
    extra_files: Literal["reject", "ignore"]
    missing: Missing
    metrics: tuple[Metric, ...]
    combinations: tuple[Combination, ...]
    is_whole: bool


class PlanList(Frozen):
    """The plans of a phase's tasks, in their order."""

    plans: tuple[PlanInfo, ...]
