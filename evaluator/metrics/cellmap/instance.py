"""The CellMap challenge's score of objects."""

import numpy as np

from evaluator.metrics.cellmap.distances import World, distances
from evaluator.metrics.cellmap.labels import PEER
from evaluator.metrics.cellmap.matching import (
    are_too_many,
    matched,
    overlap_too_often,
    with_collisions,
)
from evaluator.metrics.cellmap.overlaps import count_overlaps
from evaluator.metrics.cellmap.peer_grid import in_crop
from evaluator.metrics.cellmap.pieces import CutVolumes, cut_volumes, true_objects
from evaluator.metrics.cellmap.tallies import CellTally, Counts
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.kernels.pieces import Numbers
from evaluator.metrics.tallies import Settings


def instance(case: Comparison, settings: Settings) -> CellTally:
    """Count objects found and the distances between them, for each true object and component.

    Arrays (z, y, x), or fewer axes; labels, 0 is background. Distances are in the unit of the
    spacing. A case without a prediction misses all objects, at no worth.
    Raises: ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: CellMap Segmentation Challenge (HHMI Janelia), scoring of instances, June 2026.
    """
    profile = str(settings.parameters["profile"])
    minimum_iou = float(str(settings.parameters["minimum_iou"]))
    counts = case.once(
        f"cellmap.{profile}.{minimum_iou}", lambda: _count(case, profile, minimum_iou)
    )
    return CellTally(str(settings.parameters["part"]), counts)


def _count(case: Comparison, profile: str, minimum_iou: float) -> Counts:
    if case.prediction is None:
        missed = true_objects(case, profile)
        return Counts(fn=missed, distances=missed)
    if profile == PEER:
        case = in_crop(case, is_instance=True)
    volumes = cut_volumes(case, profile)
    world = World(case.spacing, case.truth.shape)
    if are_too_many(volumes, profile):
        return _noise(volumes, world, profile)
    overlaps = count_overlaps(volumes, case.work)
    if overlap_too_often(overlaps):
        return _noise(volumes, world, profile)
    owners = matched(overlaps, profile, minimum_iou)
    found = int(np.count_nonzero(owners))
    if profile == PEER:
        owners = with_collisions(owners, volumes.true_ids)
    measured = distances(volumes, overlaps, owners, world, case.work)
    return _counted(volumes, found, measured, world, profile)


def _counted(
    volumes: CutVolumes, found: int, measured: Numbers, world: World, profile: str
) -> Counts:
    """Return the counts; each component that was not matched adds the largest distance."""
    spare = volumes.components - found
    every = np.concatenate([measured, np.full(spare, world.cap, np.float32)])
    return Counts(
        tp=found,
        fp=spare,
        fn=volumes.true_ids.size - found,
        worths=world.sum_of_worths(every, profile),
        distances=every.size,
    )


def _noise(volumes: CutVolumes, world: World, profile: str) -> Counts:
    """Return the counts of a prediction that cannot be matched: all wrong, or no case at all."""
    if profile == PEER:
        return Counts()
    nothing = np.full(volumes.true_ids.size, world.cap, np.float32)
    return _counted(volumes, 0, nothing, world, profile)
