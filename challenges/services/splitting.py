"""Stores scores over the public and the private cases of a phase."""

from collections.abc import Mapping

from challenges.aggregation import SplitScoresMissing, split_scores
from challenges.models import Evaluation, Phase, Score, Split


def resplit(phase: Phase) -> None:
    """Make the split scores of a phase follow its present splits; call inside a transaction.

    A submission whose scorer gave no score for some case keeps its place on no split board.
    """
    counting = Evaluation.objects.counting(phase).select_related("task__phase", "task__scorer")
    Score.objects.filter(evaluation__in=counting).exclude(split=Split.ALL).delete()
    if not any(board.split for board in phase.config.all_boards):
        return
    for evaluation in counting.prefetch_related("case_scores"):
        cases: dict[str, dict[str, float]] = {}
        for score in evaluation.case_scores.all():
            cases.setdefault(score.case, {})[score.key] = score.value
        try:
            sides = split_scores(evaluation.task, cases)
        except SplitScoresMissing:
            continue
        store_scores(evaluation, sides)


def store_scores(evaluation: Evaluation, sides: Mapping[Split, Mapping[str, float]]) -> None:
    """Store an evaluation's aggregate scores."""
    Score.objects.bulk_create(
        Score(evaluation=evaluation, split=split, key=key, value=value)
        for split, scores in sides.items()
        for key, value in scores.items()
    )
