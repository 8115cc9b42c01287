"""The metadata files of Zarr groups and arrays: read, not yet understood."""

from dataclasses import dataclass, field

from evaluator import strictjson
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.zarr import version2, version3
from evaluator.arrays.zarr.files import ChunkCorrupt, Files
from evaluator.arrays.zarr.metadata import ArrayMetadata

_MAX_BYTES = 4 * 1024**2
_MAX_DEPTH = 64
_SHOWN_NAMES = 10
_ATTRIBUTES = ".zattrs"

Attributes = dict[str, object]


@dataclass(frozen=True)
class Node:
    """A group (without `array`) or an array, with what its attributes say.

    `dimensions` are the names of an array's axes, None where they are not told.
    """

    array: ArrayMetadata | None = None
    attributes: Attributes = field(default_factory=dict)
    dimensions: tuple[str | None, ...] | None = None
    notes: tuple[str, ...] = ()


def read_node(files: Files, name: str) -> Node | None:
    """Return what lies at the top of `files`, None when that is nothing of Zarr.

    Version 3 counts where both are. Raises: ArrayInvalid.
    """
    newer, older = _document(files, version3.FILE, name), _document(files, version2.FILE, name)
    if isinstance(newer, dict) and newer.get("node_type") == "group":
        return Node(attributes=_mapping(newer.get("attributes")))
    if newer is not None:
        return _newer_array(newer, older, name)
    attributes = _mapping(_document(files, _ATTRIBUTES, name))
    if older is not None:
        dimensions = _names(attributes.get("_ARRAY_DIMENSIONS"))
        return Node(version2.read_metadata(older, name), attributes, dimensions)
    is_group = files.size(".zgroup") is not None or bool(attributes)
    return Node(attributes=attributes) if is_group else None


def child_arrays(files: Files) -> list[str]:
    """Return the names of the arrays and groups that lie directly in the folder, sorted."""
    return sorted(
        child
        for child in files.folders("")
        if any(files.size(f"{child}/{file}") is not None for file in (version2.FILE, version3.FILE))
    )


def no_array(files: Files, name: str) -> ArrayInvalid:
    """Return the error for a folder that is no array, naming the arrays below it."""
    names = child_arrays(files)
    shown = ", ".join(child[:80] for child in names[:_SHOWN_NAMES])
    hint = f"it holds {shown}" if names else "neither zarr.json nor .zarray lies there"
    return invalid(f"{name} is not a Zarr array: {hint}; is it nested one level too deep?")


def _newer_array(newer: object, older: object, name: str) -> Node:
    array = version3.read_metadata(newer, name)
    attributes = _mapping(newer.get("attributes")) if isinstance(newer, dict) else {}
    dimensions = _names(newer.get("dimension_names")) if isinstance(newer, dict) else None
    notes: tuple[str, ...] = ()
    if older is not None:
        _check_agreement(array, version2.read_metadata(older, name), name)
        notes = (f"{name} has metadata of Zarr versions 2 and 3; those of version 3 count.",)
    return Node(array, attributes, dimensions, notes)


def _check_agreement(newer: ArrayMetadata, older: ArrayMetadata, name: str) -> None:
    dtypes = newer.pipeline.dtype, older.pipeline.dtype
    if newer.shape != older.shape or len({dtype.newbyteorder("=") for dtype in dtypes}) > 1:
        raise invalid(
            f"{name} has two metadata files that contradict each other: {version3.FILE} says shape "
            f"{newer.shape} and {dtypes[0].name}, {version2.FILE} says shape {older.shape} and "
            f"{dtypes[1].name}; delete the one that is left over, with its chunks."
        )


def _document(files: Files, file: str, name: str) -> object | None:
    try:
        data = files.read(file, _MAX_BYTES)
        if data is None:
            return None
        # NaN stands bare in the metadata that older writers leave; it reads as its name.
        return strictjson.parse(
            bytes(data), max_bytes=_MAX_BYTES, max_depth=_MAX_DEPTH, constant=str
        )
    except strictjson.JsonInvalid as error:
        raise invalid(f"{name} has damaged metadata: {file} {error}") from error
    except ChunkCorrupt as error:
        raise invalid(
            f"{name} has damaged metadata: {file} cannot be read or has over {_MAX_BYTES} bytes; "
            "save the array again."
        ) from error


def _mapping(value: object) -> Attributes:
    return value if isinstance(value, dict) else {}


def _names(value: object) -> tuple[str | None, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(name if isinstance(name, str) else None for name in value)
