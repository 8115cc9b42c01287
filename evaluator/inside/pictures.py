"""A picture of each case that the orders name: one slice of prediction, truth and error.

Pictures come after the scores, in the time that is left, and never cost one.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from evaluator.arrays.errors import ArrayInvalid
from evaluator.inside.drawing import palette
from evaluator.inside.drawing.deadline import Deadline, OutOfTime
from evaluator.inside.drawing.labels import label_plane
from evaluator.inside.drawing.numbers import number_plane
from evaluator.inside.drawing.planes import (
    Frame,
    can_be_drawn,
    fullest_plane,
    middle_plane,
    tiles,
)
from evaluator.inside.drawing.sheet import drawn
from evaluator.inside.errors import TruthInvalid
from evaluator.inside.pairs import Pair
from evaluator.inside.scorers import Scorer
from evaluator.metrics.catalogue.info import Family
from evaluator.metrics.comparison import Work
from evaluator.metrics.errors import TruthUnfit
from evaluator.pictures import LabelFacts, NumberFacts, PictureFacts, picture_name
from evaluator.plans import ExtraAxis

MOST_SECONDS = 20.0
_OF_NUMBERS = {Family.NUMBERS, Family.IMAGES, Family.FIELDS}

Told = Callable[..., None]  # the name of an event, and its fields


def draw_pictures(
    pairs: Sequence[Pair],
    ready: Sequence[Scorer],
    *,
    cases: Sequence[str],
    folder: Path,
    deadline: Deadline,
    tell: Told,
) -> tuple[PictureFacts, ...]:
    """Write a PNG to `folder` for each of `cases` that can be drawn; return what they show.

    A case is numbered by its place in `cases`. Tables, and arrays of one axis, have no picture.
    """
    folder.mkdir()
    numbers = {case: number for number, case in enumerate(cases)}
    facts: list[PictureFacts] = []
    for pair in pairs:
        number = numbers.get(pair.case.id)
        if number is None or pair.prediction is None or not can_be_drawn(pair.truth.array.shape):
            continue
        try:
            fact, picture = _picture(pair, ready, number, deadline)
        except OutOfTime:
            tell("pictures.cut", drawn=len(facts))
            break
        except (ArrayInvalid, TruthInvalid, TruthUnfit) as error:
            # No metric has read this far, or it would have said so.
            tell("picture.left_out", number=number, reason=type(error).__name__)
            continue
        (folder / picture_name(number)).write_bytes(picture)
        facts.append(fact)
    return tuple(facts)


def _picture(
    pair: Pair, ready: Sequence[Scorer], number: int, deadline: Deadline
) -> tuple[PictureFacts, bytes]:
    families = {scorer.info.family for scorer in ready if scorer.applies_to(pair.case)}
    if _holds_numbers(pair, families):
        return _of_numbers(pair, number, deadline)
    return _of_labels(pair, number, deadline, families=families)


def _holds_numbers(pair: Pair, families: Collection[Family]) -> bool:
    """True for measured values, false for labels: as the metrics take them, else by their type."""
    if pair.case.extra_axis is ExtraAxis.CLASS:
        return False
    told = set(families) - {Family.CUSTOM}
    if told:
        return told <= _OF_NUMBERS
    arrays = (pair.prediction, pair.truth.array)
    return any(array is not None and array.dtype.kind == "f" for array in arrays)


def _of_labels(
    pair: Pair, number: int, deadline: Deadline, *, families: Collection[Family]
) -> tuple[PictureFacts, bytes]:
    case, frame = pair.comparison(Work()), Frame(pair.truth.array.shape)
    at = fullest_plane(case, frame, deadline)
    read = tiles(case, frame, at, axis=pair.case.extra_axis, deadline=deadline)
    if Family.PROBABILITIES in families and pair.case.extra_axis is None:
        read = (replace(tile, predicted=tile.predicted > 0.5) for tile in read)
    plane = label_plane(read, frame, same=Family.INSTANCES not in families)
    facts = LabelFacts(
        number=number,
        index=frame.index(at),
        lengths=frame.lengths,
        step=frame.step,
        agree=plane.counts[palette.AGREE],
        extra=plane.counts[palette.EXTRA],
        missed=plane.counts[palette.MISSED],
        other=plane.counts[palette.OTHER],
    )
    return facts, drawn(plane)


def _of_numbers(pair: Pair, number: int, deadline: Deadline) -> tuple[PictureFacts, bytes]:
    case, frame = pair.comparison(Work()), Frame(pair.truth.array.shape)
    at = middle_plane(frame)
    read = tiles(case, frame, at, axis=pair.case.extra_axis, deadline=deadline)
    plane = number_plane(read, frame)
    facts = NumberFacts(
        number=number,
        index=frame.index(at),
        lengths=frame.lengths,
        step=frame.step,
        low=plane.range.low,
        high=plane.range.high,
        largest=plane.range.largest,
        mean=plane.range.mean,
    )
    return facts, drawn(plane)
