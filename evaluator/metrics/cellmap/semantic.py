"""The CellMap challenge's score of masks."""

import functools
import math

import numpy as np

from evaluator.arrays.base import Block, Region
from evaluator.arrays.tiles import are_in_order, tiles
from evaluator.metrics.cellmap.labels import PEER
from evaluator.metrics.cellmap.peer_grid import in_crop
from evaluator.metrics.cellmap.tallies import VoxelTally
from evaluator.metrics.comparison import Comparison, check_finite
from evaluator.metrics.tallies import Settings


def semantic(case: Comparison, settings: Settings) -> VoxelTally:
    """Count elements of the foreground: what lies above 0 in the truth, above `threshold` else.

    Arrays of one shape, of any numbers. A case without a prediction misses the whole foreground;
    for the peer, whose threshold is always 0 and whose NaN is background, it misses every element.
    Raises: ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: CellMap Segmentation Challenge (HHMI Janelia), scoring of classes, June 2026.
    """
    is_peer = settings.parameters["profile"] == PEER
    if is_peer and case.prediction is None:
        return VoxelTally(fn=math.prod(case.truth.shape))
    if is_peer:
        case = in_crop(case, is_instance=False)
    threshold = 0.0 if is_peer else float(str(settings.parameters["threshold"]))
    arrays = [array for array in (case.prediction, case.truth) if array is not None]
    run = map if are_in_order(arrays) else case.work.map
    tally = VoxelTally()
    count = functools.partial(_count, case, threshold=threshold, takes_nan=is_peer)
    for part in run(count, tiles(arrays)):
        tally = tally + part
    return tally


def _count(case: Comparison, region: Region, *, threshold: float, takes_nan: bool) -> VoxelTally:
    block = case.truth.read(region)
    valid = case.valid(block, region)
    true = block > 0
    if valid is not None:
        true &= valid
    there = int(np.count_nonzero(true))
    if case.prediction is None:
        return VoxelTally(fn=there)
    block = case.prediction.read(region)
    if not takes_nan:
        check_finite(block, valid)
    predicted = _above(block, threshold)
    if valid is not None:
        predicted &= valid
    found = int(np.count_nonzero(predicted & true))
    return VoxelTally(found, int(np.count_nonzero(predicted)) - found, there - found)


def _above(block: Block, threshold: float) -> Block:
    # A whole number is compared as it is; integers would be copied to compare them with a float.
    above: Block = block > (int(threshold) if threshold.is_integer() else threshold)
    return above
