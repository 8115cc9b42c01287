"""Our side of the duels: the metrics of the catalogue, as the scorer runs them."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from evaluator.arrays.base import Array, Block, MemoryArray
from evaluator.arrays.opening import open_array
from evaluator.inside.scorers import Scorer
from evaluator.inside.tallying import tallies_of
from evaluator.metrics import catalogue
from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.registry import code_of, score_of
from evaluator.metrics.tallies import Label, Settings
from evaluator.plans import Aggregate, Format

THREADS = 2  # the machine that the goals are stated for
RUN_ELEMENTS = 10**9  # a run with more cases like the one measured, which loads the compiler

Side = Callable[[Path], Callable[[], object]]


def stored(name: str, metric: str, *, prediction: str = "", **parameters: Any) -> Side:
    """Return a side that scores stored Zarr arrays, opened anew in each run."""

    def prepare(folder: Path) -> Callable[[], object]:
        def run() -> object:
            paths = (f"{prediction or name}-prediction.zarr", f"{name}-truth.zarr")
            arrays = [open_array(folder / path, path, Format.ZARR) for path in paths]
            return scored(metric, arrays[0], arrays[1], **parameters)

        return run

    return prepare


def loaded(
    name: str, metric: str, *, auxiliary: Mapping[str, Block] | None = None, **parameters: Any
) -> Side:
    """Return a side that scores arrays that are in memory, with further arrays of the truth."""
    further = {key: MemoryArray(key, values) for key, values in (auxiliary or {}).items()}

    def prepare(folder: Path) -> Callable[[], object]:
        arrays = [
            MemoryArray(what, np.load(folder / f"{name}-{what}.npy"))
            for what in ("prediction", "truth")
        ]
        return lambda: scored(metric, arrays[0], arrays[1], further, **parameters)

    return prepare


def scored(
    metric: str,
    prediction: Array,
    truth: Array,
    auxiliary: Mapping[str, Array] | None = None,
    **parameters: Any,
) -> float:
    """Return the score of one case by a metric of the catalogue."""
    info = catalogue.find(metric)
    settled = info.settled(parameters)
    label = settled.get("label")
    named = None if label is None else Label(int(str(label)), str(label))
    labels = {} if named is None else {"label": named}
    settings = Settings(settled, named, labels)
    scorer = Scorer("score", info, settings, Aggregate.MEAN, info.worst, code_of(info))
    with ThreadPoolExecutor(THREADS) as pool:
        case = Comparison(
            prediction=prediction,
            truth=truth,
            spacing=(1.0,) * len(truth.shape),
            auxiliary=auxiliary or {},
            work=Work(THREADS, pool.map, elements=RUN_ELEMENTS),
        )
        return score_of(tallies_of(case, [scorer])["score"], info, settings)
