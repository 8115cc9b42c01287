"""A person's account: name, ways to sign in, access tokens, signed-in programs."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from challenges.errors import ChallengeError
from challenges.selectors.challenges import challenges_of
from challenges.services.people import rename_person
from challenges.services.tokens import create_token, revoke_token
from web.access import person
from web.cards import cards
from web.devices import devices_of
from web.forms.account import NameForm, TokenForm
from web.refusals import add_refusal, form_status


@require_safe
@login_required
def show_account(request: HttpRequest) -> HttpResponse:
    """Show the account."""
    return _page(request)


@require_POST
@login_required
def change_name(request: HttpRequest) -> HttpResponse:
    """Change how others see the person."""
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, name_form=form)
    user = rename_person(user=person(request), name=form.cleaned_data["name"])
    messages.success(request, f"Others see you as {user} now.")
    return redirect("account")


@require_POST
@login_required
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show it this once: in this answer, which nothing stores."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, token_form=form)
    try:
        token = create_token(
            user=person(request),
            name=form.cleaned_data["name"],
            lifetime=timedelta(days=form.cleaned_data["days"]),
            scopes=form.granted,
        )
    except ChallengeError as error:
        add_refusal(form, error, "name")
        return _page(request, token_form=form)
    response = render(request, "account/token.html", {"token": token})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@login_required
def remove_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Make a token worthless."""
    if not revoke_token(user=person(request), token_id=token_id):
        raise Http404("There is no such token.")
    messages.success(request, "The token was revoked; scripts that use it are signed out.")
    return redirect("account")


def _page(
    request: HttpRequest,
    *,
    name_form: NameForm | None = None,
    token_form: TokenForm | None = None,
) -> HttpResponse:
    user = person(request)
    context = {
        "name_form": name_form or NameForm(initial={"name": user.name}),
        "token_form": token_form or TokenForm(),
        "tokens": user.tokens.order_by("-created_at", "-pk"),
        "devices": devices_of(user),
        "cards": cards(challenges_of(user)),
        "now": timezone.now(),
    }
    return render(
        request,
        "account/account.html",
        context,
        status=form_status(request, name_form or token_form),
    )
