from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evaluator.arrays.base import MemoryArray
from evaluator.inside.tallying import whole_tally
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.catalogue.info import Input, ParameterKind
from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.numbers import ErrorSums
from evaluator.metrics.pairs import PairTable, as_labels
from evaluator.metrics.registry import code_of, score_of
from evaluator.metrics.tallies import Label, Settings, Tally

Count = Callable[..., Tally]
Score = Callable[..., float]


@pytest.fixture(scope="session")
def count() -> Count:
    """Count one metric of the catalogue over two arrays that lie in memory."""
    return _tally


@pytest.fixture(scope="session")
def score() -> Score:
    """Score one metric of the catalogue over two arrays that lie in memory."""

    def _score(metric: str, prediction: Any, truth: Any, **rest: Any) -> float:
        info = CATALOGUE[metric]
        parameters = {name: value for name, value in rest.items() if name not in CONTEXT}
        settings = Settings(info.settled(parameters), None)
        return score_of(_tally(metric, prediction, truth, **rest), info, settings)

    return _score


@pytest.fixture(scope="session")
def compared() -> Callable[..., Comparison]:
    """Make a case of two arrays that lie in memory."""
    return comparison


CONTEXT = ("spacing", "auxiliary", "masks_nan", "work")


def _tally(metric: str, prediction: Any, truth: Any, **rest: Any) -> Tally:
    info = CATALOGUE[metric]
    context = {name: rest.pop(name) for name in CONTEXT if name in rest}
    settled = info.settled(rest)
    labels = {
        item.name: Label(int(str(settled[item.name])), str(settled[item.name]))
        for item in info.parameters
        if item.kind is ParameterKind.LABEL and item.name in settled
    }
    settings = Settings(settled, labels.get("label"), labels)
    if info.input is Input.WHOLE:
        return whole_tally(code_of(info), comparison(prediction, truth, **context), settings)
    if info.input is Input.ERRORS:
        sums = ErrorSums.of_block(np.asarray(prediction), np.asarray(truth))
        return code_of(info)(sums, settings)
    table = PairTable.of_block(as_labels(np.asarray(prediction)), as_labels(np.asarray(truth)))
    return code_of(info)(table, settings)


def comparison(prediction: Any, truth: Any, **context: Any) -> Comparison:
    """Return two arrays in memory as a case; `auxiliary` may hold plain arrays too."""
    true = np.asarray(truth)
    return Comparison(
        prediction=None if prediction is None else MemoryArray("p", np.asarray(prediction)),
        truth=MemoryArray("t", true),
        spacing=tuple(context.get("spacing", (1.0,) * true.ndim)),
        auxiliary={
            name: MemoryArray(name, np.asarray(values))
            for name, values in context.get("auxiliary", {}).items()
        },
        masks_nan=context.get("masks_nan", False),
        work=context.get("work", Work()),
    )
