"""Masks may be stored in any way, also as streams, which threads cannot read side by side."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluator.arrays import tiles
from evaluator.inside import tallying
from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case, metric, store

SHAPE = (40, 50, 60)


def packed(path: Path, mask: Any) -> dict[str, str]:
    store(path / "mask.npz", {"m": mask})
    return {"path": "mask.npz/m", "format": "npy"}


def chunked(path: Path, mask: Any) -> dict[str, str]:
    store(path / "mask.zarr", mask)
    return {"path": "mask.zarr", "format": "zarr"}


@pytest.mark.parametrize("written", [packed, chunked])
@pytest.mark.parametrize("axes", [3, 2], ids=["of all axes", "without the first axis"])
@pytest.mark.parametrize("name", ["accuracy", "cellmap_semantic"])
def test_threads_read_a_mask_as_one_thread_does(
    name: str,
    axes: int,
    written: Any,
    places: Places,
    order: Any,
    finish: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tallying, "_SMALL_ELEMENTS", 0)
    monkeypatch.setattr(tiles.tiles, "__defaults__", (500,))
    truth, guess = np.random.default_rng(1).integers(0, 3, (2, *SHAPE)).astype(np.uint8)
    mask = np.random.default_rng(2).integers(0, 2, SHAPE[-axes:]).astype(np.uint8)
    store(places.truth / "case-1.npy", truth)
    store(places.upload / "case-1.npy", guess)
    auxiliary = {"mask": written(places.truth, mask)}

    found = []
    for cpus in (1, 2):
        order([case(1, auxiliary=auxiliary)], metric(name), cpus=cpus)
        found.append(finish()[1]["scores"][name])

    is_scored = np.broadcast_to(mask != 0, SHAPE)
    assert found[0] == found[1]
    if name == "accuracy":
        assert found[0] == pytest.approx(np.mean((truth == guess)[is_scored]), rel=1e-12)
