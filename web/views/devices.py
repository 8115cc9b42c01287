"""Signing a program in: the person confirms, in the browser, the code that the program shows."""

from allauth.idp.oidc.internal.oauthlib.device_codes import confirm_or_deny_device_code
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from challenges.models import Scope
from web.access import person
from web.devices import asked_scopes, sign_out
from web.forms.device import DeviceCodeForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sign_in_device(request: HttpRequest) -> HttpResponse:
    """Ask for the code; show what the program asks for; sign it in or turn it away."""
    given = request.POST if request.method == "POST" else request.GET
    form = DeviceCodeForm(given if "code" in given else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "account/device_code.html", {"form": form}, status=status)
    asked = asked_scopes(form.device_code)
    context = {
        "code": form.cleaned_data["code"],
        "client": form.client,
        "scopes": [scope.label for scope in Scope if scope in asked],
    }
    if request.method != "POST":
        return render(request, "account/device_confirm.html", context)
    is_confirmed = request.POST.get("action") == "confirm"
    confirm_or_deny_device_code(person(request), form.device_code, confirm=is_confirmed)
    return render(request, "account/device_done.html", context | {"is_confirmed": is_confirmed})


@require_POST
@login_required
def sign_out_device(request: HttpRequest, device_id: int) -> HttpResponse:
    """Make a program's token worthless."""
    if not sign_out(person(request), device_id):
        raise Http404("There is no such program.")
    messages.success(request, "The program is signed out.")
    return redirect("account")
