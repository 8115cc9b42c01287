"""Which component stands for which true object."""

import numpy as np

from evaluator.metrics.assignment import assign
from evaluator.metrics.cellmap.labels import PEER
from evaluator.metrics.cellmap.overlaps import MOST_OVERLAPS, Overlaps
from evaluator.metrics.cellmap.pieces import CutVolumes
from evaluator.metrics.kernels.pieces import Numbers

_SCALE = 1_000_000  # an IoU counts in millionths

# How many components there may be for each true object before a prediction is noise: 10, and more
# where objects are few. These are the numbers of the challenge's own scorer.
_FINAL_RATIO, _EXTRA_RATIO, _DECAY = 10.0, 50.0, 5.0


def are_too_many(volumes: CutVolumes, profile: str) -> bool:
    """Tell whether there are too many components for the true objects.

    For the peer the largest label is the number of true objects.
    """
    if volumes.true_ids.size == 0 or volumes.components == 0:
        return False
    objects = int(volumes.true_ids[-1]) if profile == PEER else volumes.true_ids.size
    limit = _FINAL_RATIO + _EXTRA_RATIO * float(np.exp(-objects / _DECAY))
    return volumes.components / objects > limit


def overlap_too_often(overlaps: Overlaps) -> bool:
    """Tell whether more pairs of objects overlap than can be matched in reasonable time."""
    return bool(overlaps.elements.size > MOST_OVERLAPS)


def matched(overlaps: Overlaps, profile: str, minimum_iou: float) -> Numbers:
    """Return the true object of each component, 0 for none; component c is at index c.

    One to one, so that the sum of weights is the greatest: 1 for any overlap, and a millionth of
    the IoU more. Ties are broken by the true object, then by the component; in the clean profile
    their order comes from where they lie and not from their labels.
    """
    owners = np.zeros(overlaps.predicted.elements.size, np.int32)
    iou = overlaps.elements / overlaps.unions()
    if profile == PEER:
        may_match = np.ones(iou.shape, np.bool_)
        true_ids, predicted_ids = overlaps.true_objects, overlaps.components
    else:
        may_match = iou >= minimum_iou
        true_ids = overlaps.true.ranks()[overlaps.true_objects]
        predicted_ids = overlaps.predicted.ranks()[overlaps.components]
    costs = ((1.0 - iou.astype(np.float32).astype(np.float64)) * _SCALE).astype(np.int64)
    weights = _SCALE + 1 - costs
    kept = np.flatnonzero(may_match)
    pairs = kept[assign(true_ids[kept], predicted_ids[kept], weights[kept])]
    owners[overlaps.components[pairs]] = overlaps.true_objects[pairs]
    return owners


def with_collisions(owners: Numbers, true_ids: Numbers) -> Numbers:
    """Return `owners` as the peer sees them: a component without one keeps its own number.

    Where a true object has that label, the component counts as a part of it.
    """
    components = np.arange(owners.size, dtype=np.uint64)
    places = np.searchsorted(true_ids, components)
    has_namesake = np.zeros(owners.size, np.bool_)
    inside = places < true_ids.size
    has_namesake[inside] = true_ids[places[inside]] == components[inside]
    is_taken = has_namesake & (owners == 0) & (components > 0)
    return np.where(is_taken, places + 1, owners).astype(np.int32)
