"""Forms of joining and of teams; the services check what is written."""

from django import forms

MAX_NAME = 60


class TeamNameForm(forms.Form):
    """A team's name."""

    name = forms.CharField(
        min_length=2,
        max_length=MAX_NAME,
        label="Team name",
        help_text="As the leaderboard shows it.",
    )


class RulesForm(forms.Form):
    """Consent to the rules."""

    accepts_rules = forms.BooleanField(
        label="I have read the rules and accept them",
        error_messages={"required": "Accept the rules of the challenge to take part."},
    )


class JoinForm(TeamNameForm, RulesForm):
    """Joining with a team of one's own."""

    field_order = ("name", "accepts_rules")
