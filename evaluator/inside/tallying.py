"""The tallies of one case: what each metric counted, whatever it is computed from."""

from collections.abc import Sequence

from evaluator.inside.counting import Counts, at_fault, count, count_missed
from evaluator.inside.scorers import Scorer
from evaluator.metrics.catalogue.info import Input
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.registry import code_of
from evaluator.metrics.tallies import Tally


def tallies_of(case: Comparison, asked: Sequence[Scorer]) -> dict[str, Tally]:
    """Return the counts of each metric; of a missing case, only of those that can count it.

    Raises: ArrayInvalid, TruthInvalid; ValueError for a missing case without a worst value.
    """
    streamed = [scorer for scorer in asked if scorer.info.input is not Input.WHOLE]
    whole = [scorer for scorer in asked if scorer.info.input is Input.WHOLE]
    if case.prediction is None:
        tallies = _missed(case, [scorer for scorer in streamed if scorer.is_pooled])
        whole = [scorer for scorer in whole if scorer.info.takes_missing]
    else:
        tallies = _counted(case, streamed)
    for scorer in whole:
        with at_fault(case):
            tallies[scorer.key] = code_of(scorer.info)(case, scorer.settings)
    return tallies


def _counted(case: Comparison, asked: Sequence[Scorer]) -> dict[str, Tally]:
    if not asked:
        return {}
    counts = count(case, {scorer.info.input for scorer in asked})
    with at_fault(case):
        return {scorer.key: _tally(scorer, counts) for scorer in asked}


def _missed(case: Comparison, asked: Sequence[Scorer]) -> dict[str, Tally]:
    if not asked:
        return {}
    missed = count_missed(case, {scorer.info.input for scorer in asked})
    return {scorer.key: _tally(scorer, missed.counts(scorer.worst_score)) for scorer in asked}


def _tally(scorer: Scorer, counts: Counts) -> Tally:
    source = counts.pairs if scorer.info.input is Input.PAIRS else counts.errors
    return code_of(scorer.info)(source, scorer.settings)
