from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.fields import ErrorSums
from evaluator.metrics.pairs import PairTable, as_labels
from evaluator.metrics.registry import ERROR_METRICS, PAIR_METRICS
from evaluator.metrics.tallies import Label, Settings, Tally

Count = Callable[..., Tally]


@pytest.fixture(scope="session")
def count() -> Count:
    """Count one metric of the catalogue over two arrays that lie in memory."""
    return _tally


def _tally(metric: str, prediction: Any, truth: Any, **parameters: Any) -> Tally:
    settled = CATALOGUE[metric].settled(parameters)
    label = settled.get("label")
    settings = Settings(settled, None if label is None else Label(int(label), str(label)))
    if metric in ERROR_METRICS:
        sums = ErrorSums.of_block(np.asarray(prediction), np.asarray(truth))
        return ERROR_METRICS[metric](sums, settings)
    table = PairTable.of_block(as_labels(np.asarray(prediction)), as_labels(np.asarray(truth)))
    return PAIR_METRICS[metric](table, settings)
