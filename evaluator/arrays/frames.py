"""Numbers that say how an array lies in the world, checked; and which of several fits best."""

import math
from collections.abc import Sequence

from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.layout import Frame

_SAME = 1e-6  # relative: below a thousandth of an element over a thousand elements


def positive_numbers(value: object, count: int, what: str) -> tuple[float, ...]:
    """Return `value` as `count` positive finite numbers; `what` begins the sentence otherwise.

    Raises: ArrayInvalid.
    """
    numbers = _numbers(value, count)
    if numbers is None or min(numbers, default=1) <= 0:
        raise _refused(value, f"{count} positive finite numbers, one for each axis", what)
    return numbers


def finite_numbers(value: object, count: int, what: str) -> tuple[float, ...]:
    """Return `value` as `count` finite numbers; `what` begins the sentence otherwise.

    Raises: ArrayInvalid.
    """
    numbers = _numbers(value, count)
    if numbers is None:
        raise _refused(value, f"{count} finite numbers, one for each axis", what)
    return numbers


def _numbers(value: object, count: int) -> tuple[float, ...] | None:
    if not isinstance(value, list | tuple) or len(value) != count:
        return None
    numbers = []
    for number in value:
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        # The limits keep sums and quotients of these numbers finite.
        if not is_number or not (number == 0 or 1e-100 < abs(number) < 1e100):
            return None
        numbers.append(float(number))
    return tuple(numbers)


def _refused(value: object, expected: str, what: str) -> ArrayInvalid:
    found = str(value)
    shown = f"{found[:80]}…" if len(found) > 80 else found
    return invalid(f"{what} is {ascii(shown)[1:-1]}; expected {expected}: correct the metadata.")


def are_same(left: Sequence[float], right: Sequence[float]) -> bool:
    """True when two voxel sizes, axis by axis, differ by rounding only."""
    return len(left) == len(right) and all(
        math.isclose(one, other, rel_tol=_SAME) for one, other in zip(left, right, strict=True)
    )


def best_level(frames: Sequence[Frame], voxel_size: tuple[float, ...] | None) -> int:
    """Return the number of the frame whose voxels are nearest to `voxel_size`, the first of equals.

    Only frames that are as fine or finer along every axis are taken, if there are any; the finest
    of all is taken otherwise, and when no size is asked for. Each frame has a voxel size; its last
    axes are those that `voxel_size` speaks of.
    """
    sizes = [frame.voxel_size or () for frame in frames]
    finest = min(range(len(sizes)), key=lambda number: math.prod(sizes[number]))
    if voxel_size is None:
        return finest
    # A channel or time axis in front is no reason to look for another level.
    sizes = [size[-len(voxel_size) :] for size in sizes]
    fitting = [
        number
        for number, size in enumerate(sizes)
        if len(size) == len(voxel_size)
        and all(one <= wanted * (1 + _SAME) for one, wanted in zip(size, voxel_size, strict=True))
    ]
    # Among the finer ones the coarsest is the nearest.
    return max(fitting, key=lambda number: math.prod(sizes[number]), default=finest)
