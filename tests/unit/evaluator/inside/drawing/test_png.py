"""PNG files as another program reads them."""

import io
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from evaluator.inside.drawing.png import encoded

PALETTE = bytes(range(256)) * 3


@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_what_is_written_is_read_again(pixels: Any) -> None:
    with Image.open(io.BytesIO(encoded(pixels, PALETTE))) as image:
        image.load()
        assert (image.format, image.mode) == ("PNG", "P")
        assert (np.asarray(image) == pixels).all()
        colours = np.frombuffer(PALETTE, np.uint8).reshape(256, 3)
        assert (np.asarray(image.convert("RGB")) == colours[pixels]).all()


def test_a_view_of_a_larger_array_is_written() -> None:
    large = np.arange(64, dtype=np.uint8).reshape(8, 8)

    assert encoded(large[::2, ::2], PALETTE) == encoded(large[::2, ::2].copy(), PALETTE)
