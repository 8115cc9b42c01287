"""Finds the array that a path means: an array, or the best level of a group of them."""

from dataclasses import replace
from pathlib import Path

from evaluator.arrays.cache import ChunkRoom
from evaluator.arrays.errors import invalid
from evaluator.arrays.frames import best_level
from evaluator.arrays.zarr.documents import Node, child_arrays, no_array, read_node
from evaluator.arrays.zarr.files import Files, FolderFiles
from evaluator.arrays.zarr.levels import MAX_LEVELS, Level, levels
from evaluator.arrays.zarr.placing import frame_in_group, own_frame
from evaluator.arrays.zarr.store import Description, ZarrArray
from evaluator.arrays.zarr.zipped import open_archive


def open_zarr(
    path: Path,
    name: str,
    *,
    inner: str = "",
    voxel_size: tuple[float, ...] | None = None,
    room: ChunkRoom | None = None,
) -> ZarrArray:
    """Return the array at `path`, which its owner calls `name`; no chunk is decoded.

    `path` is a folder, or a ZIP file with the array in its folder `inner`. Of a group of arrays
    that are one image at several resolutions, the level nearest to `voxel_size` is taken, the
    finest without it. Raises: ArrayInvalid.
    """
    is_folder = path.is_dir()
    files: Files = FolderFiles(path).below(inner) if is_folder else open_archive(path, name, inner)
    node = read_node(files, name)
    if node is None:
        raise no_array(files, name)
    if node.array is not None:
        return ZarrArray(files, name, _described(files, name, node), room)
    return _best(files, node, name, voxel_size=voxel_size, room=room)


def _described(files: Files, name: str, node: Node) -> Description:
    """Return what is known of an array that stands for itself."""
    if node.array is None:
        raise no_array(files, name)
    frame = own_frame(node, node.array.shape, name)
    if frame.voxel_size is None and not frame.fault:
        above = frame_in_group(files, name) or frame
        frame = replace(above, axes=above.axes or frame.axes)
    return Description(node.array, frame, node.notes)


def _best(
    files: Files,
    group: Node,
    name: str,
    *,
    voxel_size: tuple[float, ...] | None,
    room: ChunkRoom | None,
) -> ZarrArray:
    found = levels(group.attributes, name) or _plain_levels(files, name)
    if not found:
        raise no_array(files, name)
    level = found[best_level([level.frame for level in found], voxel_size)]
    below, full = files.below(level.path), f"{name}/{level.path}"
    node = read_node(below, full)
    if node is None or node.array is None:
        raise invalid(
            f"{full} is a level of resolution of {name}, but no array; hand it in, or leave it out "
            "of the metadata."
        )
    _check_axes(node.array.shape, level, full)
    remark = f"Of {len(found)} levels of resolution in {name}, {level.path} was taken."
    remarks = (*node.notes, remark) if len(found) > 1 else node.notes
    return ZarrArray(below, full, Description(node.array, level.frame, remarks), room)


def _plain_levels(files: Files, name: str) -> tuple[Level, ...]:
    """Return the arrays of a group that tell their voxel size."""
    names = child_arrays(files)
    if len(names) > MAX_LEVELS:
        raise invalid(
            f"{name} is a group of {len(names)} arrays; name one of them, or keep {MAX_LEVELS} "
            "levels of resolution at most."
        )
    found = []
    for child in names:
        node = read_node(files.below(child), f"{name}/{child}")
        if node is not None and node.array is not None:
            frame = own_frame(node, node.array.shape, f"{name}/{child}")
            if frame.voxel_size is not None:
                found.append(Level(child, frame))
    return tuple(found)


def _check_axes(shape: tuple[int, ...], level: Level, name: str) -> None:
    """Do nothing when the array has the axes that its frame speaks of. Raises: ArrayInvalid."""
    count = len(level.frame.voxel_size or ())
    if len(shape) != count:
        raise invalid(
            f"{name} has {len(shape)} axes; its OME-NGFF metadata describe {count}: correct one of "
            "them."
        )
