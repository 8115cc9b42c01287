"""A case whose prediction lies on a grid of its own, as the challenge's own scorer takes it."""

from dataclasses import dataclass, replace

import numpy as np

from evaluator.arrays.base import MemoryArray
from evaluator.metrics.comparison import Comparison, read_whole


@dataclass(frozen=True)
class Space:
    """A grid of a certain shape in the world; what its metadata do not say is None."""

    shape: tuple[int, ...]
    voxel_size: tuple[float, ...] | None
    origin: tuple[float, ...] | None


def in_crop(case: Comparison, *, is_instance: bool) -> Comparison:
    """Return the case with its prediction on the grid of the truth.

    The prediction's metadata say where it lies; the spacing of the case and the origin of the
    truth say where the truth does. Raises: ValuesUnfit, ArrayInvalid.
    """
    if case.prediction is None:
        return case
    frame = case.prediction.layout.frame
    source = Space(case.prediction.shape, frame.voxel_size, frame.origin)
    crop = Space(case.truth.shape, case.spacing, case.truth.layout.frame.origin)
    if is_in_crop(source, crop):
        return case
    # Few cases need it, and its libraries take longer to load than a small case takes.
    from evaluator.metrics.cellmap.peer_space import to_crop  # noqa: PLC0415

    values = read_whole(case.prediction, case.work)
    moved = MemoryArray(
        case.prediction.name, to_crop(values, source, crop, is_instance=is_instance)
    )
    return replace(case, prediction=moved)


def is_in_crop(source: Space, crop: Space) -> bool:
    """Tell whether an array on the grid `source` is taken as it is."""
    return source.shape == crop.shape and not differ(source, crop) and not any(steps(source, crop))


def differ(source: Space, crop: Space) -> bool:
    """Tell whether elements of the source have another size than those of the crop."""
    if source.voxel_size is None or crop.voxel_size is None:
        return False
    return not np.allclose(source.voxel_size, crop.voxel_size)


def steps(source: Space, crop: Space) -> tuple[int, ...]:
    """Return by how many elements the source starts after the crop, along each axis.

    Off the grid of the crop, an array that starts later comes one element too early.
    """
    if source.origin is None or crop.voxel_size is None:
        return (0,) * len(crop.shape)
    size = np.asarray(crop.voxel_size, float)
    start = np.zeros(size.size) if crop.origin is None else np.asarray(crop.origin, float)
    snapped = (np.asarray(source.origin, float) // size) * size
    shift = (np.abs(snapped - start) // size) * np.sign(snapped - start)
    return tuple(shift.astype(int).tolist())
