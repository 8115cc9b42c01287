"""The tallies of cases: what each metric counted, whatever it is computed from."""

import math
from collections.abc import Callable, Iterator, Sequence

from evaluator.arrays.base import Array
from evaluator.arrays.errors import ArrayInvalid
from evaluator.codes import Code
from evaluator.inside.counting import Counts, at_fault, count, count_missed
from evaluator.inside.errors import TruthInvalid
from evaluator.inside.pairs import Pair
from evaluator.inside.scorers import Scorer
from evaluator.metrics.catalogue.info import Family, Input
from evaluator.metrics.comparison import BASE_BYTES, Comparison, Work
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.tallies import Settings, Tally, Undefined

Tallies = dict[str, Tally]

_SMALL_ELEMENTS = 2 * 1024**2  # a case of one tile or two: threads take whole cases
_SPARE_PART = 3  # of what is left; tables of pairs take some of it too
_RESAMPLING_BYTES = 16  # per element of a prediction on a grid of its own: two float64 copies


def all_tallies(
    pairs: Sequence[Pair], ready: Sequence[Scorer], work: Work
) -> Iterator[Tallies | ArrayInvalid]:
    """Yield what each case comes to: small ones side by side, large ones in pieces.

    Raises: TruthInvalid, also for a case that needs more memory than there is; ValueError for a
    missing case without a worst value.
    """
    are_small = _are_small(pairs)
    elements = sum(pair.elements for pair in pairs)
    threads, memory_bytes = work.threads, work.memory_bytes
    own = (
        Work(1, map, memory_bytes // threads, elements)
        if are_small
        else Work(threads, work.map, memory_bytes, elements)
    )

    def take(pair: Pair) -> Tallies | ArrayInvalid:
        asked = [scorer for scorer in ready if scorer.applies_to(pair.case)]
        _check_memory(pair, asked, own)
        try:
            _check_own_grid(pair, own)
            _check_held(pair, asked, own)
            return tallies_of(pair.comparison(own), asked)
        except ArrayInvalid as error:
            return error
        finally:
            pair.release()  # else memory would fill up case by case

    return work.map(take, pairs) if are_small else map(take, pairs)


def spare_bytes(pairs: Sequence[Pair], ready: Sequence[Scorer], work: Work) -> int:
    """Return how much memory decoded chunks may take beside what is theirs in any case.

    It is a part of what the hungriest case leaves; nothing beside functions of the organiser's,
    which take what they want.
    """
    if any(scorer.info.family is Family.CUSTOM for scorer in ready):
        return 0
    needed = max((_needed_bytes(pair, ready) for pair in pairs), default=0)
    at_once = work.threads if _are_small(pairs) else 1
    return max(0, work.room_bytes - at_once * needed) // _SPARE_PART


def tallies_of(case: Comparison, asked: Sequence[Scorer]) -> Tallies:
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
            tallies[scorer.key] = _whole(scorer, case)
    return tallies


def _whole(scorer: Scorer, case: Comparison) -> Tally:
    """Return what a metric of whole arrays comes to, counted once for all keys that ask alike."""
    asked = sorted(scorer.settings.parameters.items())
    return case.once(
        f"{scorer.info.name} {asked}", lambda: whole_tally(scorer.code, case, scorer.settings)
    )


def whole_tally(
    code: Callable[[Comparison, Settings], Tally], case: Comparison, settings: Settings
) -> Tally:
    """Return what a metric of whole arrays comes to, also where it says that it is 0/0."""
    try:
        return code(case, settings)
    except ScoreUndefined as error:
        return Undefined(error)


def _counted(case: Comparison, asked: Sequence[Scorer]) -> Tallies:
    if not asked:
        return {}
    counts = count(case, {scorer.info.input for scorer in asked})
    with at_fault(case):
        return {scorer.key: _tally(scorer, counts) for scorer in asked}


def _missed(case: Comparison, asked: Sequence[Scorer]) -> Tallies:
    if not asked:
        return {}
    missed = count_missed(case, {scorer.info.input for scorer in asked})
    return {scorer.key: _tally(scorer, missed.counts(scorer.worst_score)) for scorer in asked}


def _tally(scorer: Scorer, counts: Counts) -> Tally:
    source = counts.pairs if scorer.info.input is Input.PAIRS else counts.errors
    return scorer.code(source, scorer.settings)


def _are_small(pairs: Sequence[Pair]) -> bool:
    return all(pair.elements <= _SMALL_ELEMENTS for pair in pairs)


def _needed_bytes(pair: Pair, asked: Sequence[Scorer]) -> int:
    """Return what a case takes at most: its metrics, and arrays that have to be held."""
    per_element = max((scorer.info.bytes_per_element for scorer in asked), default=0)
    needed = _held_bytes(pair) + int(per_element * pair.elements)
    if pair.prediction is None:
        return needed
    needed += pair.prediction.layout.held_bytes
    return needed + (_resampling_bytes(pair.prediction) if _is_free(pair) else 0)


def _held_bytes(pair: Pair) -> int:
    """Return what arrays of the truth hold."""
    arrays = (pair.truth.array, *pair.truth.auxiliary.values())
    return sum(array.layout.held_bytes for array in arrays)


def _is_free(pair: Pair) -> bool:
    """True where metrics bring the prediction to the truth."""
    return pair.case.align is not None and pair.case.align.by == "metric"


def _resampling_bytes(array: Array) -> int:
    return _RESAMPLING_BYTES * math.prod(array.shape)


def _check_own_grid(pair: Pair, work: Work) -> None:
    """Do nothing for a prediction that metrics can bring to the truth. Raises: ArrayInvalid."""
    prediction = pair.prediction
    if prediction is None or not _is_free(pair):
        return
    if _resampling_bytes(prediction) > work.room_bytes:
        raise ArrayInvalid(
            Code.SHAPE_MISMATCH,
            f"{prediction.name} has shape {prediction.shape}, too many elements to be resampled "
            f"in {work.memory_bytes} bytes; hand it in on the grid of the truth.",
        )


def _check_held(pair: Pair, asked: Sequence[Scorer], work: Work) -> None:
    """Do nothing unless reading the prediction takes memory that is not there.

    Raises: ArrayInvalid.
    """
    prediction = pair.prediction
    if prediction is None or not prediction.layout.held_bytes:
        return
    if _needed_bytes(pair, asked) > work.room_bytes:
        raise ArrayInvalid(
            Code.CHUNK_TOO_LARGE,
            f"{prediction.name} is packed as one stream in an order that keeps all its "
            f"{prediction.layout.held_bytes} bytes in memory, which are more than there is; save "
            "it in C order with the axes of the ground truth, in chunks, or without compression.",
        )


def _check_memory(pair: Pair, asked: Sequence[Scorer], work: Work) -> None:
    held = _held_bytes(pair)
    for scorer in asked:
        needed = BASE_BYTES + held + int(scorer.info.bytes_per_element * pair.elements)
        if needed > max(work.memory_bytes, BASE_BYTES):
            raise TruthInvalid(
                f"case {pair.case.id}: {scorer.info.name} needs {needed} bytes of memory for "
                f"{pair.elements} elements and has {work.memory_bytes}; raise resources.memory"
            )
