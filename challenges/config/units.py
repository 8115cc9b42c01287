"""Sizes, durations and times as people write them in `challenge.yaml`."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic.json_schema import WithJsonSchema

SIZES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "TiB": 1024**4}
DURATIONS = {"s": 1, "min": 60, "h": 3600, "day": 86400}


def _quantity(value: object, units: dict[str, int], example: str) -> float:
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*", str(value))
    if match is None or match[2] not in units:
        raise ValueError(f"write a number and a unit ({', '.join(units)}), for example '{example}'")
    return float(match[1]) * units[match[2]]


def size_bytes(value: object) -> int:
    """Return the bytes of '2 GiB'; whole numbers are bytes already (a stored configuration)."""
    return value if type(value) is int else int(_quantity(value, SIZES, "2 GiB"))


def duration_seconds(value: object) -> float:
    """Return the seconds of '10 min'; floats are seconds already (a stored configuration)."""
    return value if type(value) is float else _quantity(value, DURATIONS, "10 min")


def aware_time(value: object) -> object:
    """Refuse a time without a zone: deadlines are exact to the second everywhere."""
    zoneless = isinstance(value, datetime) and value.tzinfo is None
    if zoneless or (isinstance(value, str) and not re.search(r"(Z|[+-]\d\d:?\d\d)$", value)):
        raise ValueError("write the time with its zone, for example 2026-12-01T00:00:00Z")
    return value


Bytes = Annotated[
    int,
    BeforeValidator(size_bytes),
    Field(gt=0),
    WithJsonSchema({"type": "string", "examples": ["2 GiB", "500 MiB"]}),
]
Seconds = Annotated[
    float,
    BeforeValidator(duration_seconds),
    Field(gt=0),
    WithJsonSchema({"type": "string", "examples": ["10 min", "90 s"]}),
]
Time = Annotated[datetime, BeforeValidator(aware_time)]
