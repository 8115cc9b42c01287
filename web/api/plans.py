"""How uploads are checked and scored, so that programs can do the same before they upload."""

from django.http import HttpRequest
from ninja import Router

from challenges.config import TaskConfig
from challenges.models import Phase
from evaluator.metrics.catalogue.custom import is_custom
from evaluator.plans import MetricsPlan
from web.api.access import find_phase
from web.api.auth import ANYBODY, OPTIONAL
from web.api.schemas.plans import PlanInfo, PlanList

router = Router(tags=["challenges"])


@router.get(
    "challenges/{slug}/phases/{phase}/plans",
    auth=ANYBODY,
    response=PlanList,
    openapi_extra=OPTIONAL,
)
def list_plans(request: HttpRequest, slug: str, phase: str) -> PlanList:  # noqa: ARG001 - ninja's
    """What each task checks and how it scores, for `agon check` and `agon score`."""
    found = find_phase(slug, phase)
    return PlanList(plans=tuple(_plan(task, found) for task in found.config.all_tasks))


def _plan(task: TaskConfig, phase: Phase) -> PlanInfo:
    plan = task.plan(phase.config.submission.extra_files)
    all_metrics = plan.metrics if isinstance(plan, MetricsPlan) else ()
    metrics = tuple(metric for metric in all_metrics if not is_custom(metric.metric))
    keys = {metric.key for metric in metrics}
    combinations = plan.combinations if isinstance(plan, MetricsPlan) else ()
    return PlanInfo(
        task=task.slug,
        title=task.title,
        cases=plan.cases,
        extra_files=plan.extra_files,
        missing=plan.missing,
        metrics=metrics,
        combinations=tuple(c for c in combinations if keys.issuperset(c.of)),
        is_whole=not plan.has_code,
    )
