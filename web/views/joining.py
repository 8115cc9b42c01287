"""Joining a challenge, alone or by an invitation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from challenges.errors import ChallengeError, InvitationInvalid
from challenges.models import Team
from challenges.services.joining import accept_invitation, join
from web.access import find_frame, person
from web.forms.teams import JoinForm, RulesForm
from web.frame import frame_context
from web.refusals import add_refusal, form_status, posted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join_challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the rules; make the person take part who accepts them."""
    frame = find_frame(request, slug)
    if frame.team_id is not None:
        return redirect("team", slug)
    user = person(request)
    form = JoinForm(posted(request), initial={"name": str(user)})
    if request.method == "POST" and form.is_valid():
        try:
            join(
                challenge=frame.challenge,
                user=user,
                team_name=form.cleaned_data["name"],
                accepts_rules=form.cleaned_data["accepts_rules"],
            )
        except ChallengeError as error:
            add_refusal(form, error, "name")
        else:
            messages.success(request, f"You take part in {frame.challenge}.")
            return redirect(frame.challenge)
    context = frame_context(frame, "join", request) | {"form": form, "rules": frame.page("rules")}
    return render(request, "teams/join.html", context, status=form_status(request, form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, word: str) -> HttpResponse:
    """Show which team invites; make the person a member who accepts the rules."""
    team = Team.objects.select_related("challenge").filter(invitation=word).first()
    if team is None or team.is_baseline:
        raise InvitationInvalid
    frame = find_frame(request, team.challenge.slug)
    form = RulesForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            accept_invitation(invitation=word, user=person(request), accepts_rules=True)
        except ChallengeError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"You are a member of {team} now.")
            return redirect("team", team.challenge.slug)
    context = frame_context(frame, "join", request) | {
        "form": form,
        "rules": frame.page("rules"),
        "team": team,
        "is_member": frame.team_id == team.pk,
    }
    return render(request, "teams/invitation.html", context, status=form_status(request, form))
