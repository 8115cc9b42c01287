"""From the arrays of each case to the scores of the submission."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluator.arrays.errors import ArrayInvalid
from evaluator.codes import Code
from evaluator.inside.errors import TruthInvalid
from evaluator.inside.pairs import Pair
from evaluator.inside.problems import Problems
from evaluator.inside.scorers import Scorer
from evaluator.inside.tallying import all_tallies
from evaluator.metrics.comparison import Work
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.registry import aggregated, score_of
from evaluator.metrics.tallies import Tally, pooled
from evaluator.plans import Aggregate, Combination

LARGEST_SCORE = 1e300  # what lies above cannot be averaged


@dataclass(frozen=True)
class Scores:
    """The scores by key, and those of each case."""

    scores: Mapping[str, float]
    cases: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class _Counted:
    """The tally of one case."""

    group: str
    tally: Tally


def score(
    pairs: Sequence[Pair],
    ready: Sequence[Scorer],
    problems: Problems,
    *,
    work: Work | None = None,
    combinations: Sequence[Combination] = (),
) -> Scores:
    """Return the scores; with problems they mean nothing.

    Raises: TruthInvalid; ValueError for a missing case when a metric has no worst value.
    """
    counted: dict[str, list[_Counted]] = {scorer.key: [] for scorer in ready}
    cases: dict[str, dict[str, float]] = {}
    for pair, tallies in zip(pairs, all_tallies(pairs, ready, work or Work()), strict=True):
        if isinstance(tallies, ArrayInvalid):
            problems.add_array(pair.path, tallies)
            continue
        asked = [scorer for scorer in ready if scorer.applies_to(pair.case)]
        for scorer in asked:
            if scorer.is_pooled:
                counted[scorer.key].append(_Counted(pair.case.group, tallies[scorer.key]))
        cases[pair.case.id] = _case_scores(pair, asked, tallies, problems)
    if problems:
        return Scores({}, {})
    totals = {scorer.key: _total(scorer, cases, counted[scorer.key], problems) for scorer in ready}
    for combination in combinations if not problems else ():
        totals[combination.key] = _combined(combination, totals)
    return Scores(totals, cases)


def _case_scores(
    pair: Pair, asked: Sequence[Scorer], tallies: Mapping[str, Tally], problems: Problems
) -> dict[str, float]:
    scores: dict[str, float] = {}
    for scorer in asked:
        if pair.prediction is None and not scorer.info.takes_missing:
            scores[scorer.key] = scorer.worst_score
            continue
        try:
            scores[scorer.key] = score_of(tallies[scorer.key], scorer.info, scorer.settings)
        except ScoreUndefined as error:
            if not scorer.is_pooled:  # else other cases may bring what this one lacks
                _add_undefined(problems, pair.path, f"{scorer.key} of {pair.case.id}", error)
    _check_size(scores, pair.path, problems)
    return scores


def _total(
    scorer: Scorer,
    cases: Mapping[str, Mapping[str, float]],
    counted: Sequence[_Counted],
    problems: Problems,
) -> float:
    if not scorer.is_pooled:
        values = [scores[scorer.key] for scores in cases.values() if scorer.key in scores]
        return aggregated(scorer.aggregate, values)
    groups: dict[str, list[Tally]] = {}
    for item in counted:
        group = item.group if scorer.aggregate is Aggregate.GROUPS else ""
        groups.setdefault(group, []).append(item.tally)
    try:
        values = [
            score_of(pooled(tallies), scorer.info, scorer.settings) for tallies in groups.values()
        ]
    except ScoreUndefined as error:
        _add_undefined(problems, "", scorer.key, error)
        return 0.0
    total = math.fsum(values) / len(values)
    _check_size({scorer.key: total}, "", problems)
    return total


def _combined(combination: Combination, totals: Mapping[str, float]) -> float:
    values = [totals[key] for key in combination.of]
    match combination.combine:
        case "mean":
            return math.fsum(values) / len(values)
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "geometric-mean":
            if min(values) < 0:
                raise TruthInvalid(f"{combination.key}: a geometric mean takes no score below 0")
            return math.prod(values) ** (1 / len(values))


def _add_undefined(problems: Problems, path: str, what: str, error: ScoreUndefined) -> None:
    problems.add(
        Code.LABEL_ABSENT,
        path,
        f"{what} has no value. {error} Ask the organisers what it should count as then.",
    )


def _check_size(scores: Mapping[str, float], path: str, problems: Problems) -> None:
    for key, value in scores.items():
        if not math.isfinite(value) or abs(value) > LARGEST_SCORE:
            problems.add(
                Code.VALUE_OUT_OF_RANGE,
                path,
                f"{path or 'The upload'} holds numbers so large that {key} overflows; mend them.",
            )
