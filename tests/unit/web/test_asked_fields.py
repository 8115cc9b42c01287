"""Form fields from a challenge's JSON Schema."""

from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.errors import MetadataInvalid
from challenges.services.submissions import check_metadata
from web.forms.schema import Asked, asked_fields, form_field
from web.forms.submission import SubmissionForm

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["approach", "parameters"],
    "properties": {
        "code_url": {"type": "string", "format": "uri", "title": "Code", "description": "Where?"},
        "approach": {"type": "string", "enum": ["classical", "learned"]},
        "pretrained": {"type": "boolean"},
        "parameters": {"type": "integer", "minimum": 0},
        "hours": {"type": "number"},
        "notes": {"type": "string", "maxLength": 2000},
        "seeds": {"type": "array", "items": {"type": "integer"}},
    },
}


def filled(**said: str) -> SubmissionForm:
    data = {f"meta-{name}": text for name, text in said.items()}
    return SubmissionForm(SCHEMA, data, {"file": SimpleUploadedFile("rain.csv", b"1")})


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("code_url", forms.URLField),
        ("approach", forms.TypedChoiceField),
        ("pretrained", forms.TypedChoiceField),
        ("parameters", forms.IntegerField),
        ("hours", forms.FloatField),
        ("notes", forms.CharField),
        ("seeds", forms.Field),
    ],
)
def test_each_kind_of_value_has_its_input(name: str, kind: type[forms.Field]) -> None:
    fields = {asked.name: form_field(asked) for asked in asked_fields(SCHEMA)}

    assert isinstance(fields[name], kind)
    assert fields[name].required is (name in SCHEMA["required"])


def test_titles_and_descriptions_are_shown() -> None:
    field = form_field(asked_fields(SCHEMA)[0])

    assert (field.label, field.help_text) == ("Code", "Where?")
    assert Asked("used_gpu", {}, is_required=False).label == "Used gpu"


def test_values_have_the_types_that_the_schema_asks_for() -> None:
    form = filled(
        code_url="https://example.org/x",
        approach="learned",
        pretrained="no",
        parameters="0",
        hours="1.5",
        seeds="[1, 2]",
    )

    assert form.is_valid(), form.errors
    metadata = form.details().metadata
    assert metadata == {
        "code_url": "https://example.org/x",
        "approach": "learned",
        "pretrained": False,
        "parameters": 0,
        "hours": 1.5,
        "seeds": [1, 2],
    }
    check_metadata(metadata, SCHEMA)


def test_what_was_left_empty_is_left_out() -> None:
    form = filled(approach="learned", parameters="3")

    assert form.is_valid(), form.errors
    assert form.details().metadata == {"approach": "learned", "parameters": 3}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("code_url", "javascript:alert(1)"),
        ("code_url", "no address"),
        ("approach", "guessed"),
        ("pretrained", "perhaps"),
        ("parameters", "-1"),
        ("parameters", "many"),
        ("hours", "nan"),
        ("hours", "inf"),
        ("notes", "x" * 2001),
        ("notes", "a\x00b"),
        ("seeds", "[1,"),
        ("seeds", "[" * 100_000),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field(name: str, text: str) -> None:
    form = filled(**{"approach": "learned", "parameters": "3", name: text})

    assert not form.is_valid()
    assert list(form.errors) == [f"meta-{name}"]


def test_what_only_the_service_finds_is_shown_beside_its_field_too() -> None:
    form = filled(approach="learned", parameters="3", seeds='["one"]')
    assert form.is_valid(), form.errors

    with pytest.raises(MetadataInvalid) as caught:
        check_metadata(form.details().metadata or {}, SCHEMA)
    form.show_problems(caught.value)

    assert list(form.errors) == ["meta-seeds"]


@pytest.mark.parametrize(
    "schema", [{}, {"type": "object"}, {"properties": [1]}, {"properties": {}}]
)
def test_a_challenge_that_asks_nothing_has_no_more_fields(schema: dict[str, Any]) -> None:
    assert list(SubmissionForm(schema).fields) == ["file", "method", "description"]


def test_a_field_without_a_schema_takes_any_json() -> None:
    [asked] = asked_fields({"properties": {"anything": True}})

    assert form_field(asked).clean('{"a": 1}') == {"a": 1}
