"""The profile of the peer against its plain re-implementation, to the last digit."""

from typing import Any

import cc3d
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.metrics.cellmap.matching import matched
from evaluator.metrics.cellmap.overlaps import count_overlaps
from evaluator.metrics.cellmap.pieces import cut_volumes
from tests.bench.peer import PeerCounts, match, score_instances
from tests.bench.volumes import make_volume
from tests.unit.evaluator.metrics.cellmap.cases import (
    PEER,
    SPACINGS,
    THREE_THREADS,
    case_of,
    instances,
    volumes,
)


def as_the_peer_says(counts: Any) -> PeerCounts:
    return PeerCounts(counts.tp, counts.fp, counts.fn, counts.worths, counts.distances)


def our_mapping(prediction: Any, truth: Any) -> dict[int, int]:
    """Return the true label of each component that we match."""
    cut = cut_volumes(case_of(prediction, truth), PEER)
    owners = matched(count_overlaps(cut, THREE_THREADS), PEER, 0.0)
    return {int(c): int(cut.true_ids[owners[c] - 1]) for c in np.flatnonzero(owners)}


def gain(mapping: dict[int, int], components: Any, truth: Any) -> int:
    """Return the sum of weights of a matching."""
    total = 0
    for component, label in mapping.items():
        one, other = components == component, truth == label
        iou = np.float32((one & other).sum() / (one | other).sum())
        total += 1_000_001 - int((1.0 - float(iou)) * 1_000_000)
    return total


@given(volumes(), st.sampled_from(SPACINGS))
@settings(max_examples=200, deadline=None)
def test_small_volumes_have_the_same_counts_to_the_last_digit(
    pair: Any, spacing: tuple[float, ...]
) -> None:
    prediction, truth = pair
    mapping = our_mapping(prediction, truth)  # of several best matchings, either may come out

    counts = instances(prediction, truth, profile=PEER, spacing=spacing, work=THREE_THREADS)

    expected = score_instances(prediction, truth, spacing, mapping=mapping)
    assert as_the_peer_says(counts) == expected


@given(volumes())
@settings(max_examples=100, deadline=None)
def test_matchings_are_as_good_as_those_of_the_peer(pair: Any) -> None:
    prediction, truth = pair
    components, count = cc3d.connected_components(prediction, return_N=True)

    theirs = match(truth, components, int(truth.max()), count)

    assert theirs is not None
    ours = our_mapping(prediction, truth)
    assert gain(ours, components, truth) == gain(theirs, components, truth)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_a_volume_of_cells_has_the_same_counts_to_the_last_digit(
    spacing: tuple[float, ...],
) -> None:
    truth, prediction = make_volume("xs")

    counts = instances(prediction, truth, profile=PEER, spacing=spacing, work=THREE_THREADS)

    assert counts.tp > 5
    assert counts.fp > 1
    assert as_the_peer_says(counts) == score_instances(prediction, truth, spacing)


def test_many_collisions_have_the_same_counts_to_the_last_digit() -> None:
    rng = np.random.default_rng(3)
    truth, prediction = np.zeros((2, 40, 40, 40), np.uint8)
    for label, (z, y, x) in enumerate(rng.permutation(np.argwhere(np.ones((4, 4, 4)))) * 10, 1):
        truth[z : z + 6, y : y + 5, x : x + 7] = label
        if label % 3:
            prediction[z + 1 : z + 7, y : y + 6, x : x + 4] = label
            prediction[z + 8, y + 7, x] = label  # a component that no object overlaps

    counts = instances(prediction, truth, profile=PEER)

    assert as_the_peer_says(counts) == score_instances(prediction, truth, (1.0, 1.0, 1.0))
    assert counts.worths < instances(prediction, truth).worths - 1
