"""The arrays of a group that are one image at several resolutions."""

from collections.abc import Mapping
from dataclasses import dataclass

from evaluator.arrays.layout import Frame

MAX_LEVELS = 64


@dataclass(frozen=True)
class Level:
    """One array of a group: its path below the group, and its frame, which has a voxel size."""

    path: str
    frame: Frame


def levels(attributes: Mapping[str, object], name: str) -> tuple[Level, ...]:
    """Return the levels that the attributes of the group `name` list, none without a multiscale.

    OME-NGFF keeps them under `multiscales` up to version 0.4, under `ome.multiscales` from 0.5 on.
    Raises: ArrayInvalid.
    """
    ome = attributes.get("ome")
    if isinstance(ome, dict) and "multiscales" in ome:
        return _described(ome["multiscales"], str(ome.get("version")), name)
    if "multiscales" not in attributes:
        return ()
    found = attributes["multiscales"]
    first = found[0] if isinstance(found, list) and found else None
    version = first.get("version", "0.4") if isinstance(first, dict) else "0.4"
    return _described(found, str(version), name)


def _described(found: object, version: str, name: str) -> tuple[Level, ...]:
    # Plain arrays need not wait until the models of images are loaded.
    from evaluator.arrays.zarr.ome import described_levels  # noqa: PLC0415

    return described_levels(found, version, name)
