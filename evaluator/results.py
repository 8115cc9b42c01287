"""The result file that a scorer wrote in the sandbox, read as the untrusted bytes that it is."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

from evaluator import strictjson
from evaluator.codes import Code
from evaluator.errors import EvaluatorError
from evaluator.manifests import checked_path
from evaluator.plans import MAX_CASE_NAME

MAX_BYTES = 1024**2
MAX_DEPTH = 20
MAX_KEYS = 200
MAX_CASES = 20_000
MAX_REPLICATES = 10_000
MAX_ARTIFACTS = 100

_PARTS = ("scores", "cases", "replicates", "artifacts")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)  # the pattern of plans.Key


class ResultInvalid(EvaluatorError):
    """The result file cannot be taken; `code` is one of Code, the text says what to mend."""

    code: Code

    def __init__(self, code: Code, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Result:
    """What a scorer reported: finite numbers under checked names; paths are below the output."""

    scores: dict[str, float]
    cases: dict[str, dict[str, float]]
    replicates: dict[str, tuple[float, ...]]
    artifacts: tuple[str, ...]


def read_result(data: bytes, wanted: Collection[str], *, max_bytes: int = MAX_BYTES) -> Result:
    """Return the scores in `data`, a result file; each key in `wanted` must be among them.

    Raises: ResultInvalid with SCORE_MISSING for a wanted key that is not there, SCORE_NOT_FINITE
    for NaN, infinities and numbers that no float holds, RESULT_INVALID for everything else.
    """
    document = _document(data, max_bytes)
    if "scores" not in document:
        raise _invalid("has no 'scores'")
    result = Result(
        scores=_scores(document["scores"], "scores"),
        cases=_cases(document.get("cases", {})),
        replicates=_replicates(document.get("replicates", {})),
        artifacts=_artifacts(document.get("artifacts", [])),
    )
    missing = sorted(set(wanted) - set(result.scores))
    if missing:
        found = ", ".join(sorted(result.scores)) or "none"
        raise ResultInvalid(
            Code.SCORE_MISSING,
            f"The result file lacks the scores {', '.join(missing)}; has {found}.",
        )
    return result


def _document(data: bytes, max_bytes: int) -> dict[str, object]:
    try:
        document = strictjson.parse(data, max_bytes=max_bytes, max_depth=MAX_DEPTH)
    except strictjson.NumberNotFinite as error:
        raise ResultInvalid(Code.SCORE_NOT_FINITE, f"The result file {error}") from error
    except strictjson.JsonInvalid as error:
        raise ResultInvalid(Code.RESULT_INVALID, f"The result file {error}") from error
    parts = _mapping(document, "the whole", limit=len(_PARTS))
    unknown = sorted(set(parts) - set(_PARTS))
    if unknown:
        raise _invalid(f"has the key {unknown[0][:40]!a}; it may have {', '.join(_PARTS)}")
    return parts


def _scores(value: object, place: str) -> dict[str, float]:
    found = _mapping(value, place, limit=MAX_KEYS)
    return {_key(key, place): _number(item, f"{place}.{key}") for key, item in found.items()}


def _cases(value: object) -> dict[str, dict[str, float]]:
    found = _mapping(value, "cases", limit=MAX_CASES)
    return {_case(name): _scores(item, "cases.…") for name, item in found.items()}


def _case(name: str) -> str:
    if len(name) > MAX_CASE_NAME:
        raise _invalid(f"names a case of more than {MAX_CASE_NAME} characters")
    return _path(name, "cases")


def _replicates(value: object) -> dict[str, tuple[float, ...]]:
    found = _mapping(value, "replicates", limit=MAX_KEYS)
    return {_key(key, "replicates"): _numbers(item, key) for key, item in found.items()}


def _numbers(value: object, key: str) -> tuple[float, ...]:
    place = f"replicates.{key}"
    return tuple(_number(item, place) for item in _list(value, place, limit=MAX_REPLICATES))


def _artifacts(value: object) -> tuple[str, ...]:
    names = _list(value, "artifacts", limit=MAX_ARTIFACTS)
    paths = tuple(_path(name, "artifacts") for name in names)
    if len({path.casefold() for path in paths}) != len(paths):
        raise _invalid("names an artifact twice")
    return paths


def _mapping(value: object, place: str, *, limit: int) -> dict[str, object]:
    if type(value) is not dict:
        raise _invalid(f"must be an object at {place}, not {_kind(value)}")
    if len(value) > limit:
        raise _invalid(f"has {len(value)} entries at {place}; at most {limit} are taken")
    return value


def _list(value: object, place: str, *, limit: int) -> list[object]:
    if type(value) is not list:
        raise _invalid(f"must have a list at {place}, not {_kind(value)}")
    if len(value) > limit:
        raise _invalid(f"has {len(value)} entries at {place}; at most {limit} are taken")
    return value


def _key(key: str, place: str) -> str:
    if not _KEY.fullmatch(key):
        raise _invalid(f"has the name {key[:40]!a} at {place}; write a-z, 0-9 and _, 40 at most")
    return key


def _path(value: object, place: str) -> str:
    if type(value) is not str:
        raise _invalid(f"must have texts at {place}, not {_kind(value)}")
    try:
        return checked_path(value)
    except ValueError as error:
        raise _invalid(f"has a bad name at {place}: {str(error).rstrip('.')}") from error


def _number(value: object, place: str) -> float:
    if type(value) is not int and type(value) is not float:
        raise _invalid(f"must have a number at {place}, not {_kind(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ResultInvalid(
            Code.SCORE_NOT_FINITE, f"The result file holds a number at {place} that is too large."
        )
    return number + 0.0  # -0.0 becomes 0.0, so that equal scores look equal


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")


def _invalid(what: str) -> ResultInvalid:
    return ResultInvalid(Code.RESULT_INVALID, f"The result file {what}.")
