"""Cases leave nothing in memory for the next ones."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluator.arrays.base import Array, Block, MemoryArray
from evaluator.arrays.cells import Vocabulary
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.layout import Layout
from evaluator.codes import Code
from evaluator.inside.errors import TruthInvalid
from evaluator.inside.pairing import TrustedArray, Truth
from evaluator.inside.pairs import Pair
from evaluator.inside.scorers import Scorer, scorers
from evaluator.inside.tallying import all_tallies, spare_bytes
from evaluator.metrics.catalogue.info import Family
from evaluator.metrics.comparison import BASE_BYTES, Work
from evaluator.plans import Case, DtypeKind, Format, Metric, MetricsPlan, Source

SOURCE = Source(path="a.npy", format=Format.NPY)
ZEROS = np.zeros((3, 4))


class Kept(MemoryArray):
    """An array that tells whether it was let go."""

    is_kept = True

    def release(self) -> None:
        self.is_kept = False


class Damaged(Kept):
    def read(self, region: object) -> Block:
        raise invalid(f"{region} is damaged.")


GIB = 1024**3


@pytest.fixture(params=[1, 2], ids=["one thread", "two threads"])
def work(request: pytest.FixtureRequest) -> Iterator[Work]:
    with ThreadPoolExecutor(request.param) as pool:
        yield Work(request.param, pool.map)


def ready() -> tuple[Scorer, ...]:
    case = Case(id="a", sources=(SOURCE,), truth=SOURCE, dtype=DtypeKind.FLOAT)
    plan = MetricsPlan(cases=(case,), metrics=(Metric(key="mae", metric="mae"),))
    return scorers(plan, Vocabulary(), Path())


def pair(prediction: Array, truth: Array, mask: Array) -> Pair:
    case = Case(id="a", sources=(SOURCE,), truth=SOURCE, dtype=DtypeKind.FLOAT)
    return Pair(case, Truth(TrustedArray(truth), None, (1.0, 1.0), {"mask": mask}), prediction)


@pytest.mark.parametrize("kind", [Kept, Damaged])
def test_the_arrays_of_a_case_are_let_go_whatever_came_of_it(kind: type[Kept], work: Work) -> None:
    arrays = [[kind("p", ZEROS), Kept("t", ZEROS), Kept("m", ZEROS + 1)] for _ in range(3)]

    for found in all_tallies([pair(*case) for case in arrays], ready(), work):
        assert isinstance(found, dict) == (kind is Kept)

    assert not any(array.is_kept for case in arrays for array in case)


class Packed(Kept):
    """An array that would have to be held."""

    def __init__(self, name: str, values: Block, held_bytes: int) -> None:
        super().__init__(name, values)
        self.layout = Layout(held_bytes=held_bytes)


def only(prediction: Array, truth: Array) -> list[Pair]:
    return [pair(prediction, truth, Kept("m", ZEROS + 1))]


def test_a_prediction_that_memory_cannot_hold_is_refused() -> None:
    pairs = only(Packed("p.npz", ZEROS, GIB), Kept("t", ZEROS))

    (found,) = all_tallies(pairs, ready(), Work(memory_bytes=GIB))

    assert isinstance(found, ArrayInvalid)
    assert found.code is Code.CHUNK_TOO_LARGE
    assert str(found).startswith("p.npz is packed as one stream")
    (found,) = all_tallies(pairs, ready(), Work(memory_bytes=2 * GIB))
    assert isinstance(found, dict)


def test_the_organiser_is_told_of_a_truth_that_memory_cannot_hold() -> None:
    pairs = only(Kept("p", ZEROS), Packed("t", ZEROS, GIB))

    with pytest.raises(TruthInvalid, match=r"needs \d+ bytes of memory .* raise resources"):
        list(all_tallies(pairs, ready(), Work(memory_bytes=GIB)))


def test_chunks_may_take_a_part_of_what_is_left() -> None:
    work = Work(memory_bytes=4 * GIB)
    plain, packed = (only(Packed("p", ZEROS, held), Kept("t", ZEROS)) for held in (0, GIB))

    assert spare_bytes(plain, ready(), work) == (4 * GIB - BASE_BYTES) // 3
    assert spare_bytes(packed, ready(), work) == (3 * GIB - BASE_BYTES) // 3
    assert spare_bytes(packed, ready(), replace(work, threads=2)) == (2 * GIB - BASE_BYTES) // 3
    assert spare_bytes(packed, ready(), Work(memory_bytes=GIB)) == 0


def test_functions_of_the_organiser_leave_nothing_for_chunks() -> None:
    (scorer,) = ready()
    custom = replace(scorer, info=replace(scorer.info, family=Family.CUSTOM))

    assert spare_bytes(only(Kept("p", ZEROS), Kept("t", ZEROS)), [custom], Work()) == 0
