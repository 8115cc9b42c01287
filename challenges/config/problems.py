"""What is wrong with a `challenge.yaml`: the place and the way out."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from challenges.errors import ChallengeError

# Tags of discriminated unions and validators that pydantic puts into a place; no key of the file.
INTERNAL = frozenset({"function-before", "function-after", "function-wrap"})


@dataclass(frozen=True)
class ConfigProblem:
    """One thing wrong in a challenge folder."""

    place: str  # `phases[1].scoring.metrics[0].metric`, or a file of the folder
    message: str
    line: int | None = None  # of challenge.yaml, from 1

    def __str__(self) -> str:
        where = f"challenge.yaml:{self.line}: " if self.line else ""
        return f"{where}{self.place}: {self.message}"


class ConfigInvalid(ChallengeError):
    """The folder is no challenge yet; `problems` lists everything that is wrong, not the first."""

    code = "challenge-invalid"

    def __init__(self, problems: Sequence[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ", did you mean 'iou'?" for a word near a known one, else the list of the known."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return f", did you mean '{near[0]}'?" if near else f"; known are {', '.join(names)}"


def place_of(location: Iterable[str | int]) -> str:
    """Return a location as people write it: `phases[0].title`."""
    place = ""
    for part in location:
        if isinstance(part, int):
            place += f"[{part}]"
        elif part not in INTERNAL and "[" not in part:
            place += f".{part}" if place else part
    return place or "challenge.yaml"


def explain(
    error: ValidationError,
    lines: Mapping[tuple[str | int, ...], int],
    known_keys: Mapping[str, Iterable[str]],
) -> list[ConfigProblem]:
    """Turn pydantic's errors into problems; `lines` maps locations to lines of the file.

    `known_keys` gives the keys that are allowed at a place without its indices, for suggestions.
    """
    errors = error.errors(include_url=False)
    places = [details["loc"] for details in errors]
    return [
        _problem(details, lines, known_keys)
        for details in errors
        # A list is "too short" when none of its items is valid: the item's own error says it all.
        if not (details["type"] == "too_short" and _has_error_below(details["loc"], places))
    ]


def _has_error_below(place: tuple[str | int, ...], places: Iterable[tuple[str | int, ...]]) -> bool:
    return any(len(other) > len(place) and other[: len(place)] == place for other in places)


def _problem(
    details: ErrorDetails,
    lines: Mapping[tuple[str | int, ...], int],
    known_keys: Mapping[str, Iterable[str]],
) -> ConfigProblem:
    location = details["loc"]
    return ConfigProblem(place_of(location), _sentence(details, known_keys), _line(location, lines))


def _line(
    location: tuple[str | int, ...], lines: Mapping[tuple[str | int, ...], int]
) -> int | None:
    for length in range(len(location), 0, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return None


def _sentence(details: ErrorDetails, known_keys: Mapping[str, Iterable[str]]) -> str:
    location = details["loc"]
    match details["type"]:
        case "extra_forbidden":
            parent = ".".join(part for part in location[:-1] if isinstance(part, str))
            return f"unknown key{did_you_mean(str(location[-1]), known_keys.get(parent, ()))}"
        case "missing":
            return "this key is missing; add it"
        case "value_error":
            return str(details["ctx"]["error"])
        case _:
            return f"{details['msg']} (found {details['input']!r:.80})"
