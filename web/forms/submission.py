"""The form of an upload."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

from challenges.errors import MetadataInvalid, UploadEmpty
from challenges.services.submissions import Details
from web.forms.schema import PREFIX, asked_fields, form_field

MAX_METHOD, MAX_DESCRIPTION = 80, 4000  # as the model's columns


class SubmissionForm(forms.Form):
    """A file, and what the team says about it. The file itself is the view's business."""

    file = forms.FileField(
        label="File",
        error_messages={
            "required": "Choose a file with your predictions.",
            "empty": str(UploadEmpty()),
        },
    )
    method = forms.CharField(
        required=False,
        max_length=MAX_METHOD,
        label="Method",
        help_text="A short name, to tell your submissions apart.",
    )
    description = forms.CharField(
        required=False,
        max_length=MAX_DESCRIPTION,
        label="Description",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you did. Only your team and the organisers read it.",
    )

    def __init__(self, schema: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked = asked_fields(schema)
        for asked in self._asked:
            self.fields[PREFIX + asked.name] = form_field(asked)
        for field in self.fields.values():
            field.validators.append(ProhibitNullCharactersValidator())

    def details(self) -> Details:
        """Return what the team says; what was left empty is left out."""
        values = [(asked.name, self.cleaned_data.get(PREFIX + asked.name)) for asked in self._asked]
        return Details(
            method=self.cleaned_data["method"],
            description=self.cleaned_data["description"],
            metadata={name: value for name, value in values if value is not None and value != ""},
        )

    def show_problems(self, error: MetadataInvalid) -> None:
        """Put the service's sentences beside the fields that they are about."""
        for place, sentence in error.problems.items():
            name = PREFIX + place.partition(".")[0]
            self.add_error(name if name in self.fields else None, sentence)
