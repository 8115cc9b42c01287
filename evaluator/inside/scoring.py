"""From the counts of each case to the scores of the submission."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluator.arrays.base import Array
from evaluator.arrays.cells import Vocabulary
from evaluator.arrays.errors import ArrayInvalid
from evaluator.codes import Code
from evaluator.inside.counting import count, count_missed
from evaluator.inside.pairing import Truth
from evaluator.inside.problems import Problems
from evaluator.metrics import catalogue
from evaluator.metrics.catalogue import MetricInfo, Value
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.registry import aggregated, score_of
from evaluator.metrics.tallies import Label, Settings, Tally, pooled
from evaluator.plans import Aggregate, Case, DtypeKind, MetricsPlan

LARGEST_SCORE = 1e300  # what lies above cannot be averaged


@dataclass(frozen=True)
class Pair:
    """A case that passed the check; no prediction where the plan lets it be missing."""

    case: Case
    truth: Truth
    prediction: Array | None


@dataclass(frozen=True)
class Scorer:
    """One metric of the plan, ready to count."""

    key: str
    info: MetricInfo
    settings: Settings
    aggregate: Aggregate
    worst: float | None

    @property
    def is_pooled(self) -> bool:
        """True when counts and not scores are brought together."""
        return self.aggregate is Aggregate.POOLED


@dataclass(frozen=True)
class Scores:
    """The scores by key, and those of each case."""

    scores: Mapping[str, float]
    cases: Mapping[str, Mapping[str, float]]


def scorers(plan: MetricsPlan, vocabulary: Vocabulary) -> tuple[Scorer, ...]:
    """Return the metrics of the plan, their labels as numbers. Raises: ValueError."""
    is_text = any(case.dtype is DtypeKind.TEXT for case in plan.cases)
    prepared = []
    for metric in plan.metrics:
        info = catalogue.find(metric.metric)
        parameters = info.settled(metric.parameters)
        label = _label(parameters.get("label"), vocabulary if is_text else None)
        prepared.append(
            Scorer(
                key=metric.key,
                info=info,
                settings=Settings(parameters, label),
                aggregate=metric.aggregate,
                worst=info.worst_score(parameters),
            )
        )
    return tuple(prepared)


def score(pairs: Sequence[Pair], ready: Sequence[Scorer], problems: Problems) -> Scores:
    """Return the scores; with problems they mean nothing.

    Raises: TruthInvalid; ValueError for a missing case when a metric has no worst value.
    """
    pooling: dict[str, list[Tally]] = {scorer.key: [] for scorer in ready}
    cases: dict[str, dict[str, float]] = {}
    for pair in pairs:
        try:
            tallies = _tallies(pair, ready)
        except ArrayInvalid as error:
            problems.add_array(_path(pair), error)
            continue
        for scorer in ready:
            if scorer.is_pooled:
                pooling[scorer.key].append(tallies[scorer.key])
        cases[pair.case.id] = _case_scores(pair, ready, tallies, problems)
    if problems:
        return Scores({}, {})
    totals = {scorer.key: _total(scorer, cases, pooling[scorer.key], problems) for scorer in ready}
    return Scores(totals, cases)


def _label(value: Value | None, vocabulary: Vocabulary | None) -> Label | None:
    if value is None:
        return None
    if vocabulary is not None:
        return Label(vocabulary.number(str(value)), str(value))
    return Label(int(value), str(value))


def _tallies(pair: Pair, ready: Sequence[Scorer]) -> dict[str, Tally]:
    """Return the counts of each metric; of a missing case, only of those that pool counts."""
    if pair.prediction is not None:
        counts = count(pair.prediction, pair.truth.array, {scorer.info.name for scorer in ready})
        return {s.key: counts.tally(s.info.name, s.settings) for s in ready}
    pooling = [scorer for scorer in ready if scorer.is_pooled]
    if not pooling:
        return {}
    missed = count_missed(pair.truth.array, {scorer.info.name for scorer in pooling})
    return {s.key: missed.tally(s.info.name, s.settings, worst=_worst(s)) for s in pooling}


def _case_scores(
    pair: Pair, ready: Sequence[Scorer], tallies: Mapping[str, Tally], problems: Problems
) -> dict[str, float]:
    scores: dict[str, float] = {}
    for scorer in ready:
        if pair.prediction is None:
            scores[scorer.key] = _worst(scorer)
            continue
        try:
            scores[scorer.key] = score_of(tallies[scorer.key], scorer.info, scorer.settings)
        except ScoreUndefined as error:
            if not scorer.is_pooled:  # else other cases may bring what this one lacks
                _add_undefined(problems, _path(pair), f"{scorer.key} of {pair.case.id}", error)
    _check_size(scores, _path(pair), problems)
    return scores


def _total(
    scorer: Scorer,
    cases: Mapping[str, Mapping[str, float]],
    tallies: Sequence[Tally],
    problems: Problems,
) -> float:
    if not scorer.is_pooled:
        return aggregated(scorer.aggregate, [scores[scorer.key] for scores in cases.values()])
    try:
        total = score_of(pooled(tallies), scorer.info, scorer.settings)
    except ScoreUndefined as error:
        _add_undefined(problems, "", scorer.key, error)
        return 0.0
    _check_size({scorer.key: total}, "", problems)
    return total


def _worst(scorer: Scorer) -> float:
    if scorer.worst is None:
        raise ValueError(f"{scorer.key}: 'missing: worst' needs the parameter 'worst'")
    return scorer.worst


def _path(pair: Pair) -> str:
    return pair.case.sources[0].path if pair.prediction is None else pair.prediction.name


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
