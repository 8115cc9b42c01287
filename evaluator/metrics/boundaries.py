"""Where the boundary of each label lies, and how far those of two volumes are apart."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from evaluator.metrics.errors import TruthUnfit, ValuesUnfit
from evaluator.metrics.kernels.borders import count_borders, list_borders, within
from evaluator.metrics.kernels.edt import squared_of
from evaluator.metrics.kernels.envelopes import axis_weights
from evaluator.metrics.kernels.surfels import count_surfels, list_surfels
from evaluator.metrics.label_volumes import LabelVolumes
from evaluator.metrics.pairs import Values

ELEMENT_BYTES = 40  # of one element: its place and code, its distance, both as they are sorted
BOX_BYTES = 9  # of one voxel of a box: whether it is an element, and room for its distance
# Of noise every voxel is boundary, and scattered labels take a hundred times as long as whole ones.
_VOXELS_PER_BORDER, _VOXELS_PER_SURFEL = 16, 8
_ALWAYS_ELEMENTS = 1024**2
_TOP = 2**40  # above any place
# A tree takes about 0.5 us for an element, a box about 2 ns for a voxel.
_VOXELS_PER_ELEMENT = 300


class Kind(StrEnum):
    """What a boundary is made of."""

    VOXELS = "voxels"  # those of the label that touch something else through a face
    SURFELS = "surfels"  # corners between voxels that have the label and voxels that have not


@dataclass(frozen=True)
class Boundary:
    """The elements of each label of one volume, on a grid of the given shape.

    `places` (int64) tell where they stand in C order; those of label number n begin at
    `starts[n]` and end at `starts[n + 1]`. `codes` tell of surfels what lies around them.
    `boxes` (labels, 6) hold them: the lowest z, y, x and the highest.
    """

    starts: Values
    places: Values
    codes: Values
    boxes: Values
    shape: Values

    def has(self, number: int) -> bool:
        """True when the volume holds the label."""
        return bool(self.starts[number + 1] > self.starts[number])

    def places_of(self, number: int) -> Values:
        """Return where the elements of one label stand, ascending."""
        return self.places[self.starts[number] : self.starts[number + 1]]

    def codes_of(self, number: int) -> Values:
        """Return the codes of the surfels of one label."""
        return self.codes[self.starts[number] : self.starts[number + 1]]


def boundaries(volumes: LabelVolumes, kind: Kind, room_bytes: int) -> tuple[Boundary, Boundary]:
    """Return the boundaries of prediction and truth.

    Raises: TruthUnfit, ValuesUnfit where one does not fit into its half of the room; ValuesUnfit
    for a prediction of which too much is boundary.
    """
    most = max(room_bytes, 0) // (2 * ELEMENT_BYTES)
    try:
        true = _boundary(volumes.truth, volumes, kind, most)
    except ValuesUnfit as error:
        raise TruthUnfit(
            "has more boundary than fits into memory; raise resources.memory"
        ) from error
    per_element = _VOXELS_PER_BORDER if kind is Kind.VOXELS else _VOXELS_PER_SURFEL
    honest = max(_ALWAYS_ELEMENTS, volumes.truth.size // per_element, 2 * true.places.size)
    return _boundary(volumes.prediction, volumes, kind, min(most, honest)), true


def _boundary(volume: Values, volumes: LabelVolumes, kind: Kind, most: int) -> Boundary:
    labels, added = len(volumes.numbers) + 1, volumes.added
    counts, boxes = np.zeros(labels, np.int64), np.full((labels, 6), _TOP)
    boxes[:, 3:] = -1
    shape = np.array(volume.shape)
    if kind is Kind.SURFELS:
        shape[added:] += 1
    if volume.size:
        (count_borders if kind is Kind.VOXELS else count_surfels)(volume, added, counts, boxes)
    starts = np.concatenate([[0], np.cumsum(counts)])
    if starts[-1] > most:
        raise ValuesUnfit(
            "is too ragged to be scored: too many of its elements lie at a boundary; remove noise."
        )
    places = np.empty(starts[-1], np.int64)
    codes = np.empty(places.size if kind is Kind.SURFELS else 0, np.uint8)
    if places.size and kind is Kind.VOXELS:
        list_borders(volume, added, starts[:-1].copy(), places)
    elif places.size:
        list_surfels(volume, added, starts[:-1].copy(), places, codes)
    return Boundary(starts, places, codes, boxes, shape)


@dataclass(frozen=True)
class Box:
    """The part of the grid that holds one label in both volumes."""

    low: Values
    shape: Values

    @classmethod
    def around(cls, number: int, one: Boundary, other: Boundary) -> "Box":
        """Return the smallest box of label `number`."""
        low = np.minimum(one.boxes[number, :3], other.boxes[number, :3])
        high = np.maximum(one.boxes[number, 3:], other.boxes[number, 3:])
        return cls(low, high - low + 1)

    @property
    def size(self) -> int:
        """Voxels of the box."""
        return int(np.prod(self.shape))


def distances(
    number: int, query: Boundary, target: Boundary, spacing: Values, room_bytes: int
) -> Values:
    """Return how far each element of label `number` in `query` is from the nearest in `target`.

    Both have the label. `spacing` is the size of a voxel. Takes at most `room_bytes`, beside
    what the elements themselves take.
    """
    box = Box.around(number, query, target)
    places, targets = query.places_of(number), target.places_of(number)
    is_sparse = box.size > _VOXELS_PER_ELEMENT * (places.size + targets.size)
    if is_sparse or box.size * BOX_BYTES > room_bytes:
        return np.sqrt(_squared_in_tree(places, targets, query.shape, spacing))
    mask = np.zeros(box.size, np.uint8)
    mask[within(targets, query.shape, box.low, box.shape)] = 1
    squares = np.empty(places.size)
    places = within(places, query.shape, box.low, box.shape)
    squared_of(places, mask.reshape(box.shape), spacing, np.empty(box.size), squares)
    return np.sqrt(squares)


def _squared_in_tree(places: Values, targets: Values, shape: Values, spacing: Values) -> Values:
    from scipy.spatial import cKDTree  # noqa: PLC0415  # 0.1 s that most cases can save

    asked = np.stack(np.unravel_index(places, shape), axis=-1)
    there = np.stack(np.unravel_index(targets, shape), axis=-1)
    # Whole numbers where they will do: the nearest one is then the nearest, however axes lie.
    scale = spacing if len(set(spacing.tolist())) > 1 else np.ones(3)
    _, nearest = cKDTree(there * scale).query(asked * scale)
    z, y, x = ((asked - there[nearest]).astype(np.float64) ** 2).T
    weights = axis_weights(spacing)
    in_plane = weights[0] * x + weights[1] * y
    squares: Values = (in_plane * weights[3] + weights[2] * z) * weights[4]
    return squares
