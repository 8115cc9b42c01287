"""Turns the site's JSON into dataclasses; what this version does not know is left out."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from agon.errors import AnswerUnknown

T = TypeVar("T")
Convert = Callable[[Any], Any]
LOCAL = {"local": True}  # metadata of fields that the site does not send


def read(kind: type[T], data: object, **local: object) -> T:
    """Return a dataclass made of the site's document; `local` are fields that it does not send.

    Raises: AnswerUnknown when something is missing, or is of another type.
    """
    try:
        return kind(**_values(kind, data), **local)
    except (_Unfit, TypeError) as error:
        raise AnswerUnknown(
            f"The site describes a {kind.__name__} in a way that this version of agon does not "
            f"understand ({error}).",
            hint="Update with: pip install -U agon-client.",
        ) from error


class _Unfit(Exception):
    """A value is not what its type says."""


def _values(kind: type, data: object) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise _Unfit(f"no object for {kind.__name__}")
    found: dict[str, Any] = {}
    for name, convert, is_needed in _plan(kind):
        if name in data:
            found[name] = convert(data[name])
        elif is_needed:
            raise _Unfit(f"no '{name}' in {kind.__name__}")
    return found


@cache
def _plan(kind: type) -> tuple[tuple[str, Convert, bool], ...]:
    """Return name, converter and whether it must be there, for each field that the site sends."""
    hints = get_type_hints(kind)
    return tuple(
        (field.name, _converter(hints[field.name]), _is_needed(field))
        for field in fields(kind)
        if not field.metadata.get("local")
    )


def _is_needed(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


@cache
def _converter(hint: Any) -> Convert:
    """Return what checks and converts a value of a type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and is_dataclass(hint):
        kind: type = hint
        return lambda value: kind(**_values(kind, value))
    if origin in (Union, types.UnionType):
        inner = _converter(next(a for a in arguments if a is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _converter(arguments[0])
        return lambda value: tuple(item(each) for each in _of(list, value))
    if origin is dict:
        item = _converter(arguments[1])
        return lambda value: {str(k): item(v) for k, v in _of(dict, value).items()}
    raise TypeError(f"no converter for {hint}")


def _of(kind: type[T], value: object) -> T:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _Unfit(f"{kind.__name__} expected, not {str(value)[:40]!r}")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Unfit(f"number expected, not {str(value)[:40]!r}")
    return float(value)


def _moment(value: object) -> datetime:
    try:
        # Python 3.10 does not know the Z.
        return datetime.fromisoformat(_of(str, value).replace("Z", "+00:00"))
    except ValueError as error:
        raise _Unfit(f"time expected, not {str(value)[:40]!r}") from error


_PLAIN: dict[Any, Convert] = {
    str: lambda value: _of(str, value),
    int: lambda value: _of(int, value),
    bool: lambda value: _of(bool, value),
    float: _number,
    datetime: _moment,
    Any: lambda value: value,
    object: lambda value: value,
}
