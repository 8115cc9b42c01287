"""The keys of `challenge.yaml`: kinds and defaults from the models, meanings from a file."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from challenges.config import ChallengeConfig
from docs.generator.kinds import Schema, default_of, kind_of
from docs.generator.markdown import code, table

MEANINGS = Path(__file__).with_name("challenge_keys.yaml")


class KeyText(BaseModel):
    """What a key means, and one line that uses it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    meaning: str = Field(min_length=1)
    example: str = Field(min_length=1)


class PartText(BaseModel):
    """One mapping of `challenge.yaml`: heading, where it stands, what it is, its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str
    place: str
    text: str
    keys: dict[str, KeyText]


class KeysDiffer(ValueError):
    """A part of `challenge.yaml` has other keys than the text knows."""

    def __init__(self, part: str, missing: set[str], unknown: set[str]) -> None:
        super().__init__(
            f"{part}: keys without a text: {sorted(missing)}; texts without a key: "
            f"{sorted(unknown)}. Mend {MEANINGS.name}."
        )


@cache
def parts() -> dict[str, PartText]:
    """Return the texts by name of the model, in the order of the page."""
    adapter = TypeAdapter(dict[str, PartText])
    return adapter.validate_python(yaml.safe_load(MEANINGS.read_text(encoding="utf-8")))


def schemas() -> dict[str, Schema]:
    """Return the JSON Schema of every mapping that `challenge.yaml` may hold, by model."""
    whole: dict[str, Any] = ChallengeConfig.model_json_schema()
    found: dict[str, Schema] = {ChallengeConfig.__name__: whole}
    return found | {name: part for name, part in whole["$defs"].items() if "properties" in part}


def challenge_keys() -> str:
    """Return a section with a table for each mapping. Raises: KeysDiffer."""
    found = schemas()
    if set(found) != set(parts()):
        raise KeysDiffer("the file", set(found) - set(parts()), set(parts()) - set(found))
    definitions = ChallengeConfig.model_json_schema()["$defs"]
    return "\n".join(_section(name, found[name], definitions) for name in parts())


def _section(name: str, schema: Schema, definitions: Schema) -> str:
    part = parts()[name]
    properties = schema["properties"]
    if set(properties) != set(part.keys):
        raise KeysDiffer(name, set(properties) - set(part.keys), set(part.keys) - set(properties))
    rows = [
        (
            code(key),
            kind_of(field, definitions),
            default_of(field, is_required=key in schema.get("required", ())),
            f"{part.keys[key].meaning} {code(part.keys[key].example)}",
        )
        for key, field in properties.items()
    ]
    return f"### {part.title}\n\nAt {code(part.place)}. {part.text.strip()}\n\n" + table(
        ("Key", "Value", "Default", "Meaning, and an example"), rows
    )
