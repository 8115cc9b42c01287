"""Filters above tables, read from the address; what means nothing is ignored."""

from django import forms

from evaluator.codes import Code, Status


class OrganiserFilter(forms.Form):
    """Which submissions of a challenge an organiser sees."""

    status = forms.ChoiceField(
        required=False, choices=[("", "Any status"), *((s.value, s.value) for s in Status)]
    )
    code = forms.ChoiceField(
        required=False, choices=[("", "Any code"), *((c.value, c.value) for c in Code)]
    )
    team = forms.CharField(required=False, max_length=60, label="Team")
