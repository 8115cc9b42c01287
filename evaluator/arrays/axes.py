"""Which axis of a prediction stands for which axis of the truth."""

from collections.abc import Sequence
from dataclasses import dataclass

_NOT_SPACE = {"c", "t", "channel", "channels", "time", "batch", "b"}


@dataclass(frozen=True)
class Target:
    """The axes that an array should have; parts that nobody knows are None.

    `names` are those of the truth, with None for the one axis that only predictions have.
    `lengths` holds None for a length that is free.
    """

    names: tuple[str | None, ...] | None
    lengths: tuple[int | None, ...]


def axis_order(
    shape: tuple[int, ...], names: tuple[str, ...] | None, target: Target
) -> tuple[int, ...] | None:
    """Return, for each axis of `target`, the number of the array's axis that stands for it.

    By name where both sides have names; else by position, which leaves out axes of length one
    that are too many. Axes left out have length one. None when there is no such order.
    """
    if names is not None and target.names is not None:
        order = _by_name(shape, [name.casefold() for name in names], target.names)
        if order is not None:
            return order
    return _by_position(shape, names, target)


def _by_name(
    shape: tuple[int, ...], names: Sequence[str], wanted: Sequence[str | None]
) -> tuple[int, ...] | None:
    places = [None if name is None else _place(names, name.casefold()) for name in wanted]
    if any(place is None for place, name in zip(places, wanted, strict=True) if name is not None):
        return None
    rest = [axis for axis in range(len(shape)) if axis not in places]
    rest.sort(key=lambda axis: shape[axis] == 1)  # stable: a longer axis is the extra one
    order = []
    for place in places:
        if place is None and not rest:
            return None
        order.append(rest.pop(0) if place is None else place)
    return tuple(order) if all(shape[axis] == 1 for axis in rest) else None


def _place(names: Sequence[str], name: str) -> int | None:
    return names.index(name) if name in names else None


def _by_position(
    shape: tuple[int, ...], names: tuple[str, ...] | None, target: Target
) -> tuple[int, ...] | None:
    surplus = len(shape) - len(target.lengths)
    if surplus < 0:
        return None
    exact = _matching(shape, target.lengths)
    if exact is not None:
        return exact
    if surplus == 0:
        return tuple(range(len(shape)))
    lone = [axis for axis, length in enumerate(shape) if length == 1]
    # Channels and times come before space, and go first.
    lone.sort(key=lambda axis: names is None or names[axis].casefold() not in _NOT_SPACE)
    if len(lone) < surplus:
        return None
    return tuple(axis for axis in range(len(shape)) if axis not in lone[:surplus])


def _matching(shape: tuple[int, ...], lengths: tuple[int | None, ...]) -> tuple[int, ...] | None:
    """Return the axes that have these lengths in this order, when all others have length one."""
    order: list[int] = []
    for axis, length in enumerate(shape):
        left = len(lengths) - len(order)
        if left and lengths[len(order)] in {length, None}:
            order.append(axis)
        elif length != 1:
            return None
    return tuple(order) if len(order) == len(lengths) else None
