from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluator.arrays.base import Array, regions

ReadAll = Callable[[Array], NDArray[Any]]


@pytest.fixture
def read_all() -> ReadAll:
    """Put an array together from its blocks, in blocks so small that they cut through chunks."""

    def read(array: Array) -> NDArray[Any]:
        whole = np.empty(array.shape, array.dtype.newbyteorder("="))
        for region in regions(array.shape, limit=100):
            whole[region] = array.read(region)
        return whole

    return read


@pytest.fixture
def volume() -> NDArray[np.uint16]:
    """Return a volume of labels whose lengths are no multiples of any chunk's."""
    return np.random.default_rng(1).integers(0, 50, (7, 13, 11), np.uint16)
