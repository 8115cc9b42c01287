"""The whole of `challenge.yaml`."""

from typing import Literal, Self

import jsonschema
from pydantic import Field, field_validator, model_validator

from challenges.config.phases import PhaseConfig
from challenges.config.scoring import Strict
from challenges.config.slugs import Slug
from evaluator.manifests import SafePath


class ChallengeConfig(Strict):
    """One competition, as its organiser writes it."""

    agon: Literal[1]
    slug: Slug
    title: str = Field(min_length=1, max_length=120)
    summary: str = Field(min_length=1, max_length=300)
    organisers: tuple[str, ...] = Field(min_length=1)
    license: str = Field(min_length=1, max_length=100)
    image: SafePath | None = None
    metadata_schema: dict[str, object] = Field(default_factory=dict)
    phases: tuple[PhaseConfig, ...] = Field(min_length=1, max_length=20)

    @field_validator("organisers")
    @classmethod
    def _are_addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        for address in addresses:
            name, at, host = address.partition("@")
            if not (name and at and "." in host) or any(c.isspace() for c in address):
                raise ValueError(f"'{address}' is no e-mail address")
        return tuple(address.lower() for address in addresses)

    @field_validator("metadata_schema")
    @classmethod
    def _is_schema(cls, schema: dict[str, object]) -> dict[str, object]:
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            place = "/".join(str(part) for part in error.absolute_path)
            raise ValueError(f"no valid JSON Schema at '{place}': {error.message}") from error
        if schema and schema.get("type") != "object":
            raise ValueError("the metadata of a submission is an object; write 'type: object'")
        return schema

    @model_validator(mode="after")
    def _phases_are_distinct(self) -> Self:
        slugs = [phase.slug for phase in self.phases]
        if len(set(slugs)) != len(slugs):
            raise ValueError("two phases have one slug")
        return self
