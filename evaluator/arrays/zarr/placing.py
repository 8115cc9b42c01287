"""How a Zarr array lies in the world: what its attributes, and those of its group, tell."""

from dataclasses import replace

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.frames import finite_numbers, positive_numbers
from evaluator.arrays.layout import Frame
from evaluator.arrays.zarr.documents import Attributes, Node, read_node
from evaluator.arrays.zarr.files import Files
from evaluator.arrays.zarr.levels import levels

_SIZE_KEYS = ("voxel_size", "resolution", "scale")
_ORIGIN_KEYS = ("translation", "offset")
_AMBIGUOUS_KEYS = {"resolution", "scale", "offset"}  # one number means something else


def own_frame(node: Node, shape: tuple[int, ...], name: str) -> Frame:
    """Return the frame that an array's own metadata tell.

    Names of axes come from `dimension_names`, or `_ARRAY_DIMENSIONS` as xarray writes them; sizes
    and origin from attributes with one number for each axis, slowest axis first.
    """
    frame = Frame(axes=_axes(node, len(shape)))
    try:
        size = _size(node.attributes, shape, name)
        return replace(frame, voxel_size=size, origin=_origin(node.attributes, shape, name))
    except ArrayInvalid as error:
        return replace(frame, fault=str(error))


def frame_in_group(files: Files, name: str) -> Frame | None:
    """Return the frame that the group above tells when it is a multiscale image of this array."""
    above = files.parent()
    if above is None:
        return None
    group, own_name = above
    group_name = name.rpartition("/")[0] or "The group above"
    try:
        node = read_node(group, group_name)
        found = levels(node.attributes, group_name) if node is not None else ()
    except ArrayInvalid as error:
        return Frame(fault=str(error))
    return next((level.frame for level in found if level.path == own_name), None)


def _axes(node: Node, count: int) -> tuple[str, ...] | None:
    names = tuple(name for name in node.dimensions or () if name)
    return names if len(names) == count == len(set(names)) else None


def _size(attributes: Attributes, shape: tuple[int, ...], name: str) -> tuple[float, ...] | None:
    key = _first(attributes, _SIZE_KEYS)
    if key is None:
        return None
    value = _padded(attributes[key], shape, 1.0)
    return positive_numbers(value, len(shape), f"The attribute {key} of {name}")


def _origin(attributes: Attributes, shape: tuple[int, ...], name: str) -> tuple[float, ...] | None:
    key = _first(attributes, _ORIGIN_KEYS)
    if key is None:
        return None
    value = _padded(attributes[key], shape, 0.0)
    return finite_numbers(value, len(shape), f"The attribute {key} of {name}")


def _first(attributes: Attributes, keys: tuple[str, ...]) -> str | None:
    """Return the first of `keys` that is there and speaks of all axes."""
    told = (key for key in keys if key in attributes)
    return next(
        (key for key in told if key not in _AMBIGUOUS_KEYS or isinstance(attributes[key], list)),
        None,
    )


def _padded(value: object, shape: tuple[int, ...], neutral: float) -> object:
    """Return `value` with numbers for the axes of length one that stand before those it is for."""
    missing = len(shape) - len(value) if isinstance(value, list) else 0
    if missing > 0 and set(shape[:missing]) == {1} and isinstance(value, list):
        return [neutral] * missing + value
    return value
