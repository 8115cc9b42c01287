"""Prediction and truth of one case, as metrics of whole arrays see them."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np

from evaluator.arrays.base import Array, Block, Region, regions
from evaluator.arrays.tiles import are_in_order, tiles
from evaluator.metrics.errors import NotFinite, TruthUnfit

T = TypeVar("T")
S = TypeVar("S")


class Mapper(Protocol):
    """The built-in map, or that of a thread pool: results come in the order of the items."""

    def __call__(self, work: Callable[[S], T], items: Iterable[S], /) -> Iterator[T]:
        """Yield what `work` returns for each item."""


BASE_BYTES = 300 * 1024**2  # of a run: interpreter, libraries, tiles and kept chunks


@dataclass(frozen=True)
class Work:
    """What a metric may use: threads through `map`, and memory beside the arrays it has read.

    `elements` is how many all cases of the run have: with many, compiling pays.
    """

    threads: int = 1
    map: Mapper = map
    memory_bytes: int = 1024**3
    elements: int = 0

    @property
    def room_bytes(self) -> int:
        """What there is for arrays of a metric's own, beside what every run takes."""
        return max(0, self.memory_bytes - BASE_BYTES)


@dataclass(frozen=True)
class Comparison:
    """One case. Both arrays have one shape, but for the extra axis that the metric asked for.

    `spacing` is the size of an element along each axis of the truth, 1 where nothing is known.
    `auxiliary` holds further arrays of the truth by name, each of the truth's shape unless the
    metric says otherwise; a mask may lack the first axes. With `masks_nan`, places where the truth
    is NaN are not scored.
    `prediction` is None only for metrics that take a missing case.
    """

    prediction: Array | None
    truth: Array
    spacing: tuple[float, ...]
    auxiliary: Mapping[str, Array] = field(default_factory=dict)
    masks_nan: bool = False
    work: Work = field(default_factory=Work)
    _shared: dict[str, Any] = field(default_factory=dict)  # Any: whatever metrics share

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Return what `make` returns, made once per case: what several metrics start from."""
        if key not in self._shared:
            self._shared[key] = make()
        made: T = self._shared[key]
        return made

    @property
    def predicted(self) -> Array:
        """The prediction of a case that has one."""
        if self.prediction is None:
            raise ValueError("the case has no prediction")
        return self.prediction

    def blocks(self) -> Iterator[tuple[Block, Block, Block | None]]:
        """Yield blocks of prediction, truth and validity (None: all valid), in a fixed order.

        For arrays of one shape. Elements are finite wherever they are valid.
        Raises: ValuesUnfit, TruthUnfit, ArrayInvalid.
        """
        for region in regions(self.truth.shape):
            true = self.truth.read(region)
            valid = self.valid(true, region)
            predicted = self.predicted.read(region)
            check_finite(predicted, valid)
            yield predicted, true, valid

    def valid(self, true: Block, region: Region) -> Block | None:
        """Return which elements of a block of truth are scored; None for all of them.

        Raises: TruthUnfit for a truth that is not finite where it is scored.
        """
        valid: Block | None = None
        if "mask" in self.auxiliary:
            valid = np.broadcast_to(self._mask(region), true.shape)
        if true.dtype.kind == "f":
            finite = np.isfinite(true)
            if self.masks_nan:
                is_there = ~np.isnan(true)
                valid = is_there if valid is None else valid & is_there
            if not (finite if valid is None else finite | ~valid).all():
                raise TruthUnfit("holds values that are not finite")
        return None if valid is None or valid.all() else valid

    def _mask(self, region: Region) -> Block:
        """Return where the mask is not 0; it may lack the first axes, such as the time."""
        mask = self.auxiliary["mask"]
        lacking = len(self.truth.shape) - len(mask.shape)
        if lacking < 0 or mask.shape != self.truth.shape[lacking:]:
            raise TruthUnfit(f"has the shape {self.truth.shape} and a mask of {mask.shape}")
        is_scored: Block = mask.read(region[lacking:]) != 0
        return is_scored

    def whole(self) -> tuple[Block, Block, Block | None]:
        """Return prediction, truth and validity as whole arrays, checked as `blocks` does.

        The prediction may have an extra axis; it is checked for finite values everywhere then.
        """
        true = read_whole(self.truth, self.work)
        region = tuple(slice(0, length) for length in self.truth.shape)
        valid = self.valid(true, region)
        predicted = read_whole(self.predicted, self.work)
        check_finite(predicted, valid if predicted.shape == true.shape else None)
        return predicted, true, valid


def read_whole(array: Array, work: Work) -> Block:
    """Return all elements of `array`, in C order and native byte order. Raises: ArrayInvalid."""
    pieces = list(tiles((array,)))
    if len(pieces) == 1:
        return array.read(pieces[0])
    result: Block = np.empty(array.shape, array.dtype.newbyteorder("="))

    def take(region: Region) -> None:
        result[region] = array.read(region)

    run = map if are_in_order((array,)) else work.map
    for _ in run(take, pieces):
        pass
    return result


def check_finite(block: Block, valid: Block | None) -> None:
    """Do nothing when all elements that are valid are finite. Raises: NotFinite."""
    if block.dtype.kind != "f":
        return
    bad = ~np.isfinite(block)
    if valid is not None:
        bad &= valid
    count = int(np.count_nonzero(bad))
    if count:
        raise NotFinite(count, math.prod(block.shape))
