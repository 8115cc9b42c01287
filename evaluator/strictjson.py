"""JSON from untrusted hands: one way to read each document, bounded in size and depth."""

import json
import math
import re
from collections.abc import Callable

from evaluator.errors import EvaluatorError

_QUOTED = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_OPENING = (b"[", b"{")


class JsonInvalid(EvaluatorError):
    """The bytes are not JSON as we read it; the text completes 'The file …'."""

    code = "json-invalid"


class NumberNotFinite(JsonInvalid):
    """The document writes NaN, an infinity, or a number too large for a float."""

    code = "number-not-finite"


def refuse_constant(name: str) -> object:
    """Take no NaN and no infinity. Raises: NumberNotFinite, always."""
    raise NumberNotFinite(f"holds {name}, which is not a number in JSON.")


def parse(
    data: bytes,
    *,
    max_bytes: int,
    max_depth: int,
    constant: Callable[[str], object] = refuse_constant,
) -> object:
    """Return the one document in `data`; `constant` is asked what NaN and Infinity mean.

    Raises: JsonInvalid for more than `max_bytes`, nesting over `max_depth`, bytes that are not
    UTF-8, a byte order mark, a key written twice, NUL or half a surrogate pair in a text, and
    anything after the document; NumberNotFinite for a number that no float can hold.
    """
    if len(data) > max_bytes:
        raise JsonInvalid(f"has more than {max_bytes} bytes.")
    if _depth(data) > max_depth:
        raise JsonInvalid(f"is nested more than {max_depth} levels deep.")
    try:
        document: object = json.loads(
            data.decode("utf-8"),  # a byte order mark stays in the text, which json refuses
            object_pairs_hook=_object,
            parse_constant=constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise JsonInvalid(f"is not valid JSON in UTF-8: {_reason(error)}.") from error
    _check_texts(document)
    return document


def _depth(data: bytes) -> int:
    deepest = depth = 0
    for bracket in _BRACKET.findall(_QUOTED.sub(b"", data)):
        depth += 1 if bracket in _OPENING else -1
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise JsonInvalid(f"holds the key {key[:40]!a} twice.")
        found[key] = value
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NumberNotFinite(f"holds the number {text[:20]}, which is too large.")
    return value


def _check_texts(value: object) -> None:
    # PostgreSQL refuses NUL and half a surrogate pair, and no honest scorer writes them.
    match value:
        case str():
            if "\0" in value or any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):
                raise JsonInvalid("holds a text with NUL or half a surrogate pair.")
        case dict():
            for key, item in value.items():
                _check_texts(key)
                _check_texts(item)
        case list():
            for item in value:
                _check_texts(item)
        case _:
            pass


def _reason(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            return f"{error.msg.lower()} at byte {error.pos}"
        case UnicodeDecodeError():
            return f"byte {error.start} is not UTF-8"
        case RecursionError():
            return "it is nested too deep"
        case _:
            return "it holds a number with thousands of digits"
