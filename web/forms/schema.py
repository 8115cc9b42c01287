"""Form fields for what a challenge asks with each submission: from its JSON Schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

PREFIX = "meta-"  # keeps a challenge's field names apart from the form's own
LONG = 200  # text that may be longer than this gets several lines


@dataclass(frozen=True)
class Asked:
    """One field that a challenge asks for."""

    name: str
    schema: Mapping[str, Any]
    is_required: bool

    @property
    def label(self) -> str:
        """What people read beside it."""
        return str(self.schema.get("title") or self.name.replace("_", " ").capitalize())


class JsonField(forms.Field):
    """Lists and objects, written as JSON."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def to_python(self, value: object) -> object:
        """Return the parsed value; None when nothing was written."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValidationError("This is no valid JSON.") from error


def asked_fields(schema: Mapping[str, Any]) -> list[Asked]:
    """Return what a challenge asks for, in the order of its schema."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return []
    required = schema.get("required") or []
    return [
        Asked(str(name), field if isinstance(field, Mapping) else {}, name in required)
        for name, field in properties.items()
    ]


def form_field(asked: Asked) -> forms.Field:
    """Return the input for one of them; the server's schema check stays the last word."""
    field = _by_kind(asked)
    field.label = asked.label
    field.help_text = str(asked.schema.get("description", ""))
    if "default" in asked.schema:
        field.initial = asked.schema["default"]
    return field


def _by_kind(asked: Asked) -> forms.Field:
    schema, required = asked.schema, asked.is_required
    if isinstance(schema.get("enum"), list):
        return _choice(schema["enum"], is_required=required)
    kind = schema.get("type")
    if kind == "boolean":
        return _yes_or_no(is_required=required)
    if kind == "integer":
        return forms.IntegerField(required=required, **_bounds(schema))
    if kind == "number":
        return forms.FloatField(required=required, **_bounds(schema))
    if kind == "string":
        return _text(schema, is_required=required)
    return JsonField(required=required)


def _choice(values: list[object], *, is_required: bool) -> forms.Field:
    by_text = {str(value): value for value in values}
    return forms.TypedChoiceField(
        required=is_required,
        choices=[("", "Choose …"), *((text, text) for text in by_text)],
        coerce=by_text.get,
        empty_value=None,
    )


def _yes_or_no(*, is_required: bool) -> forms.Field:
    """Return a choice: an empty box could not tell "no" from "not said"."""
    return forms.TypedChoiceField(
        required=is_required,
        choices=[("", "Choose …"), ("yes", "Yes"), ("no", "No")],
        coerce=lambda text: text == "yes",
        empty_value=None,
    )


def _text(schema: Mapping[str, Any], *, is_required: bool) -> forms.Field:
    limits: dict[str, Any] = {
        "min_length": schema.get("minLength"),
        "max_length": schema.get("maxLength"),
    }
    if schema.get("format") in {"uri", "iri", "url"}:
        return forms.URLField(required=is_required, assume_scheme="https", **limits)
    if schema.get("format") == "email":
        return forms.EmailField(required=is_required, **limits)
    longest = schema.get("maxLength")
    is_long = isinstance(longest, int) and longest > LONG
    widget = forms.Textarea(attrs={"rows": 4}) if is_long else forms.TextInput()
    return forms.CharField(required=is_required, widget=widget, **limits)


def _bounds(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"min_value": schema.get("minimum"), "max_value": schema.get("maximum")}
