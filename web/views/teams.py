"""A team: its members, its name, its invitation link."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.errors import ChallengeError
from challenges.models import Membership
from challenges.services.joining import leave_team, rename_team, renew_invitation
from web.access import member_page
from web.forms.teams import TeamNameForm
from web.frame import Frame, frame_context
from web.refusals import add_refusal, form_status


@require_safe
@member_page
def show_team(request: HttpRequest, frame: Frame, membership: Membership) -> HttpResponse:
    """Show the person's team."""
    return _team_page(request, frame, membership, TeamNameForm(initial={"name": membership.team}))


@require_http_methods(["POST"])
@member_page
def rename(request: HttpRequest, frame: Frame, membership: Membership) -> HttpResponse:
    """Give the team another name."""
    form = TeamNameForm(request.POST)
    if form.is_valid():
        old = membership.team.name
        try:
            rename_team(team=membership.team, name=form.cleaned_data["name"])
        except ChallengeError as error:
            membership.team.name = old
            add_refusal(form, error, "name")
        else:
            messages.success(request, f"Your team is called {membership.team} now.")
            return redirect("team", frame.challenge.slug)
    return _team_page(request, frame, membership, form)


@require_POST
@member_page
def renew_link(request: HttpRequest, frame: Frame, membership: Membership) -> HttpResponse:
    """Give the team a new invitation link."""
    renew_invitation(team=membership.team)
    messages.success(request, "The invitation link is new; the old one leads nowhere now.")
    return redirect("team", frame.challenge.slug)


@require_POST
@member_page
def leave(request: HttpRequest, frame: Frame, membership: Membership) -> HttpResponse:
    """Take the person out of the team."""
    try:
        leave_team(membership=membership)
    except ChallengeError as error:
        messages.error(request, str(error))
        return redirect("team", frame.challenge.slug)
    messages.success(request, f"You have left {membership.team}.")
    return redirect(frame.challenge)


def _team_page(
    request: HttpRequest, frame: Frame, membership: Membership, form: TeamNameForm
) -> HttpResponse:
    team = membership.team
    members = team.memberships.select_related("user").order_by("accepted_at", "pk")
    link = request.build_absolute_uri(reverse("invitation", args=[team.invitation]))
    context = frame_context(frame, "team", request) | {
        "team": team,
        "membership": membership,
        "members": members,
        "link": link,
        "form": form,
    }
    return render(request, "teams/team.html", context, status=form_status(request, form))
