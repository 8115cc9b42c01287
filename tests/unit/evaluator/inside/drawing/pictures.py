"""Cases in memory, and pictures read back as numbers of colours."""

import io
from typing import Any

import numpy as np
from PIL import Image

from evaluator.arrays.base import MemoryArray
from evaluator.inside.drawing.deadline import Deadline
from evaluator.metrics.comparison import Comparison

Pixels = np.ndarray[Any, np.dtype[Any]]  # any: of any shape

PLENTY = 1000.0  # seconds


def compared(predicted: Any, true: Any, **more: Any) -> Comparison:
    """Return a case of two arrays."""
    truth = np.asarray(true)
    auxiliary = {name: MemoryArray(name, value) for name, value in more.pop("aux", {}).items()}
    return Comparison(
        prediction=MemoryArray("prediction", np.asarray(predicted)),
        truth=MemoryArray("truth", truth),
        spacing=(1.0,) * truth.ndim,
        auxiliary=auxiliary,
        **more,
    )


def no_hurry() -> Deadline:
    return Deadline(PLENTY, clock=lambda: 0.0)


def pixels_of(png: bytes) -> Pixels:
    """Return the numbers of the colours of a PNG with a palette."""
    with Image.open(io.BytesIO(png)) as image:
        assert (image.format, image.mode) == ("PNG", "P")
        return np.asarray(image)
