"""Volumes for the tests, and the counts that a metric comes to."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from hypothesis import strategies as st

from evaluator.arrays.base import Array, Block, MemoryArray, Region
from evaluator.arrays.layout import Frame, Layout
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.cellmap.tallies import CellTally, Counts, VoxelTally
from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.registry import code_of
from evaluator.metrics.tallies import Settings

PEER = "peer-2026-06"
SPACINGS = [(1.0, 1.0, 1.0), (4.0, 4.0, 4.0), (5.24, 4.0, 4.0), (8.0, 3.24, 3.24), (2.0, 3.0, 5.0)]
POOL = ThreadPoolExecutor(3)
THREE_THREADS = Work(3, POOL.map)


class Chunked:
    """An array in memory that says it is stored in chunks, or lies somewhere in the world."""

    def __init__(
        self, values: Any, chunks: tuple[int, ...] | None = None, frame: Frame | None = None
    ) -> None:
        self._array = MemoryArray("p", values)
        self.name = "p"
        self.shape = self._array.shape
        self.dtype = self._array.dtype
        self.layout = Layout(chunks=chunks, frame=frame or Frame())

    def notes(self) -> tuple[str, ...]:
        return ()

    def read(self, region: Region) -> Block:
        return self._array.read(region)

    def release(self) -> None:
        pass


def case_of(prediction: Any, truth: Any, **rest: Any) -> Comparison:
    """Return two arrays as a case; numpy arrays, or arrays of ours."""
    true = _array(truth)
    rest.setdefault("spacing", (1.0,) * len(true.shape))
    predicted = None if prediction is None else _array(prediction)
    rest["auxiliary"] = {name: _array(item) for name, item in rest.get("auxiliary", {}).items()}
    return Comparison(prediction=predicted, truth=true, **rest)


def _array(values: Any) -> Array:
    return values if hasattr(values, "layout") else MemoryArray("a", np.asarray(values))


def instance(case: Comparison, **parameters: Any) -> CellTally:
    """Count objects."""
    info = CATALOGUE["cellmap_instance"]
    tally = code_of(info)(case, Settings(info.settled(parameters)))
    assert isinstance(tally, CellTally)
    return tally


def instances(prediction: Any, truth: Any, *, profile: str = "clean", **rest: Any) -> Counts:
    """Count the objects of two arrays."""
    parameters = {"minimum_iou": rest.pop("minimum_iou")} if "minimum_iou" in rest else {}
    return instance(case_of(prediction, truth, **rest), profile=profile, **parameters).counts


def semantic(prediction: Any, truth: Any, *, profile: str = "clean", **rest: Any) -> VoxelTally:
    """Count the foreground of two arrays."""
    parameters = {"threshold": rest.pop("threshold")} if "threshold" in rest else {}
    info = CATALOGUE["cellmap_semantic"]
    settings = Settings(info.settled({"profile": profile, **parameters}))
    tally = code_of(info)(case_of(prediction, truth, **rest), settings)
    assert isinstance(tally, VoxelTally)
    return tally


def line(*labels: int, length: int = 12) -> Any:
    """Return a cube of zeros with labels along the middle row, from x = 2 on."""
    cube = np.zeros((length,) * 3, np.uint8)
    cube[length // 2, length // 2, 2 : 2 + len(labels)] = labels
    return cube


@st.composite
def volumes(draw: st.DrawFn, kinds: Sequence[str] = ("random", "blobs")) -> tuple[Any, Any]:
    """Draw prediction and truth of one small shape, degenerate ones included."""
    shape = draw(st.tuples(*(st.integers(1, 9),) * 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if draw(st.sampled_from(kinds)) == "random":
        truth, prediction = (
            rng.integers(0, draw(st.integers(1, 6)), shape) * (rng.random(shape) < 0.7)
            for _ in range(2)
        )
    else:
        truth = _blobs(rng, shape)
        prediction = np.roll(truth, rng.integers(-2, 3, 3), (0, 1, 2))
        prediction[rng.random(shape) < 0.1] = 0
        truth = renumbered(truth, rng)
    dtypes = st.sampled_from(["u1", "u2", "u4", "u8", "i4", "i8"])
    return prediction.astype(draw(dtypes)), truth.astype(draw(dtypes))


def _blobs(rng: np.random.Generator, shape: Iterable[int]) -> Any:
    """Return boxes of a few elements, some of them over others."""
    values = np.zeros(tuple(shape), np.int64)
    for label in range(1, rng.integers(2, 12)):
        start = rng.integers(0, values.shape)
        values[tuple(slice(at, at + rng.integers(1, 5)) for at in start)] = label
    return values


def renumbered(labels: Any, rng: np.random.Generator) -> Any:
    """Return the same objects under other labels, with gaps."""
    table = np.append(0, rng.permutation(2 * int(labels.max()) + 1) + 1)
    return table[labels.astype(np.int64)]
