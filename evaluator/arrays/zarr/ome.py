"""OME-NGFF 0.4 and 0.5: the levels of a multiscale image, and how each lies in the world.

Source: https://ngff.openmicroscopy.org/0.4 and /0.5, section "multiscales" metadata. The structure
is checked by yaozarrs, which takes scales that are no sizes: those are refused here.
"""

import warnings
from collections.abc import Sequence

from pydantic import ValidationError
from yaozarrs import v04, v05

from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.frames import finite_numbers, positive_numbers
from evaluator.arrays.layout import Frame
from evaluator.arrays.zarr.levels import MAX_LEVELS, Level
from evaluator.manifests import checked_path

_MAX_AXES = 5
_AXIS_TYPES = {"space", "time", "channel", None}

_Multiscale = v04.Multiscale | v05.Multiscale
_MODELS: dict[str, type[_Multiscale]] = {"0.4": v04.Multiscale, "0.5": v05.Multiscale}
_Transforms = Sequence[
    v04.ScaleTransformation
    | v04.TranslationTransformation
    | v05.ScaleTransformation
    | v05.TranslationTransformation
]


def described_levels(multiscales: object, version: str, name: str) -> tuple[Level, ...]:
    """Return the levels of the first of the `multiscales` that the group `name` lists.

    Raises: ArrayInvalid.
    """
    found = _checked(multiscales, version, name)
    _check_types(found, name)
    scale, translation = _transform(found, found.coordinateTransformations or (), name)
    return tuple(
        _level(found, number, name, scale=scale, translation=translation)
        for number in range(len(found.datasets))
    )


def _checked(found: object, version: str, name: str) -> _Multiscale:
    if not isinstance(found, list) or not found:
        raise invalid(f"{name} has an empty list of multiscales; describe one image in it.")
    if version not in _MODELS or _has_coordinate_systems(found[0]):
        raise invalid(
            f"{name} is OME-NGFF of version {version[:20]}, or lies in coordinate systems (RFC 5), "
            "which are not read here; write it as version 0.4 or 0.5, with scale and translation."
        )
    _check_lengths(found[0], name)
    try:
        with warnings.catch_warnings():  # of units that the standard does not list
            warnings.simplefilter("ignore")
            return _MODELS[version].model_validate(found[0])
    except ValidationError as error:
        raise _fault(error, version, name) from error


def _check_lengths(multiscale: object, name: str) -> None:
    """Do nothing for lists that are short; their entries are compared with each other later."""
    for key, limit in (("datasets", MAX_LEVELS), ("axes", _MAX_AXES)):
        listed = multiscale.get(key) if isinstance(multiscale, dict) else None
        if isinstance(listed, list) and len(listed) > limit:
            raise invalid(
                f"{name} lists {len(listed)} {key} in its OME-NGFF metadata; keep {limit} at most."
            )


def _has_coordinate_systems(multiscale: object) -> bool:
    return isinstance(multiscale, dict) and "coordinateSystems" in multiscale


def _fault(error: ValidationError, version: str, name: str) -> ArrayInvalid:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in ("multiscales", 0, *first["loc"]))
    message = first["msg"].removeprefix("Value error, ")
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    reason = " ".join(lines[: 2 if lines[0].endswith(":") else 1])
    return invalid(
        f"{name} has wrong OME-NGFF metadata at {place[:100]}: {reason[:300].rstrip('.')}; correct "
        f"them as version {version} of the standard describes."
    )


def _check_types(found: _Multiscale, name: str) -> None:
    for axis in found.axes:
        if axis.type not in _AXIS_TYPES:
            raise invalid(
                f"{name} has the axis {axis.name[:40]!a} of type {str(axis.type)[:40]!a}; expected "
                "space, time or channel: correct the metadata."
            )


def _transform(
    found: _Multiscale, transforms: _Transforms, place: str
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what positions are multiplied by, and what is added then."""
    count = len(found.axes)
    scale, translation = (1.0,) * count, (0.0,) * count
    for transform in transforms:
        if isinstance(transform, v04.ScaleTransformation | v05.ScaleTransformation):
            scale = positive_numbers(transform.scale, count, f"The scale of {place}")
        else:
            values = transform.translation
            translation = finite_numbers(values, count, f"The translation of {place}")
    return scale, translation


def _level(
    found: _Multiscale,
    number: int,
    name: str,
    *,
    scale: tuple[float, ...],
    translation: tuple[float, ...],
) -> Level:
    """Return one level; its own transformation comes first, then that of all levels."""
    dataset = found.datasets[number]
    path = _path(dataset.path, name)
    size, origin = _transform(found, dataset.coordinateTransformations, f"{name}/{path}")
    return Level(
        path,
        Frame(
            axes=tuple(axis.name for axis in found.axes),
            voxel_size=tuple(a * b for a, b in zip(size, scale, strict=True)),
            origin=tuple(a * b + c for a, b, c in zip(origin, scale, translation, strict=True)),
            units=tuple(axis.unit for axis in found.axes),
        ),
    )


def _path(path: str, name: str) -> str:
    try:
        return checked_path(path)
    except ValueError as error:
        raise invalid(
            f"{name} has a level of resolution outside its folder: {error} Name arrays below it."
        ) from error
