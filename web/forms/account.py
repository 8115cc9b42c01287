"""Forms of making an account and of its page."""

from django import forms
from django.http import HttpRequest

from challenges.models import Scope, User
from challenges.services.people import rename_person


class NameForm(forms.Form):
    """How others see a person."""

    name = forms.CharField(
        min_length=2,
        max_length=80,
        label="Your name",
        help_text="How others see you. It need not be your real name.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        """Return the name with single spaces, without characters that cannot be seen."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not all(character.isprintable() for character in name):
            raise forms.ValidationError("Leave out characters that cannot be seen.")
        return name


class TokenForm(forms.Form):
    """A new access token."""

    name = forms.CharField(
        max_length=60,
        label="What it is for",
        help_text="For example: laptop, or notebook on the cluster.",
    )
    submit = forms.BooleanField(required=False, initial=True, label=Scope.SUBMIT.label)
    organise = forms.BooleanField(required=False, label=Scope.ORGANISE.label)
    days = forms.TypedChoiceField(
        choices=[(7, "a week"), (30, "a month"), (90, "three months"), (365, "a year")],
        initial=90,
        coerce=int,
        label="How long it works",
    )

    @property
    def granted(self) -> list[str]:
        """What the token may do; looking is always among it."""
        return [scope for scope in Scope if self.cleaned_data.get(scope, scope is Scope.READ)]


class SignupForm(NameForm):
    """What a new account is asked for besides address and password."""

    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: User) -> None:  # noqa: ARG002 - allauth's signature
        """Store what only we ask for."""
        rename_person(user=user, name=self.cleaned_data["name"])
