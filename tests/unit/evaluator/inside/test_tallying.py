"""Cases leave nothing in memory for the next ones."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from evaluator.arrays.base import Array, Block, MemoryArray
from evaluator.arrays.cells import Vocabulary
from evaluator.arrays.errors import invalid
from evaluator.inside.pairing import TrustedArray, Truth
from evaluator.inside.pairs import Pair
from evaluator.inside.scorers import Scorer, scorers
from evaluator.inside.tallying import all_tallies
from evaluator.metrics.comparison import Work
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
