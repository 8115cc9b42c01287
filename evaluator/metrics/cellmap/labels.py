"""Blocks of labels as the loops take them: of one unsigned type, 0 where nothing is scored."""

import numpy as np

from evaluator.arrays.base import Block, Region
from evaluator.metrics.comparison import Comparison, check_finite
from evaluator.metrics.errors import TruthUnfit, ValuesUnfit
from evaluator.metrics.pairs import as_labels

PEER = "peer-2026-06"

# Bit patterns of NaN with the sign set; no float but a NaN has one of them.
_FIRST_NAN = np.uint64(0xFFF0000000000001)


def label_blocks(case: Comparison, region: Region, profile: str) -> tuple[Block, Block]:
    """Return a block of truth and one of prediction as unsigned labels of one type.

    Without a prediction the truth stands for it. Elements that the mask leaves out are 0 in both.
    Raises: ValuesUnfit, TruthUnfit, ArrayInvalid.
    """
    block = case.truth.read(region)
    valid = case.valid(block, region)
    true = _true_labels(np.where(valid, block, 0) if valid is not None else block)
    if case.prediction is None:
        return _alike(true, true)
    block = case.prediction.read(region)
    if profile != PEER:
        check_finite(block, valid)
    if valid is not None:
        block = np.where(valid, block, 0)
    if block.dtype.kind == "f":
        block = _labels_of_floats(block, case, region) if profile == PEER else as_labels(block)
    return _alike(true, _unsigned(block))


def _true_labels(block: Block) -> Block:
    try:
        labels = as_labels(block) if block.dtype.kind == "f" else block
    except ValuesUnfit as error:
        raise TruthUnfit("holds values that are no labels") from error
    if labels.dtype.kind == "i" and labels.size and labels.min() < 0:
        raise TruthUnfit("holds labels below 0")
    return _unsigned(labels)


def _labels_of_floats(block: Block, case: Comparison, region: Region) -> Block:
    """Return floats as the peer's components tell them apart: a NaN equals no other one."""
    labels: Block = (block.astype(np.float64) + 0.0).view(np.uint64)  # -0 becomes 0
    places = np.nonzero(np.isnan(block))
    if places[0].size:
        starts = [part.start for part in region]
        spots = tuple(place + start for place, start in zip(places, starts, strict=True))
        numbers = np.ravel_multi_index(spots, case.truth.shape)
        labels[places] = _FIRST_NAN + numbers.astype(np.uint64)
    return labels


def _unsigned(labels: Block) -> Block:
    """Return the same bytes as unsigned numbers; equal labels stay equal, and 0 stays 0."""
    return labels.view(f"u{labels.dtype.itemsize}")


def _alike(true: Block, predicted: Block) -> tuple[Block, Block]:
    wider = max(true.dtype, predicted.dtype, key=lambda dtype: dtype.itemsize)
    one, other = (labels.astype(wider, copy=False) for labels in (true, predicted))
    return _read_only(one), _read_only(other)


def _read_only(labels: Block) -> Block:
    """Return `labels` as loops are compiled for them: whether they may write makes a type."""
    plain = np.require(labels, requirements=("C", "A")).view()
    plain.flags.writeable = False
    return plain
