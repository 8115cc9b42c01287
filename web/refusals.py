"""What a service refuses, shown where the person can mend it."""

from http import HTTPStatus

from django.forms import BaseForm
from django.http import HttpRequest

from challenges.errors import ChallengeError


def add_refusal(form: BaseForm, error: ChallengeError, field: str | None = None) -> None:
    """Put the service's sentence into the form, beside the field that it is about."""
    form.add_error(field, str(error))


def form_status(request: HttpRequest, form: BaseForm | None) -> HTTPStatus:
    """Return the status of a page with a form: 422 when what was sent has to be mended."""
    is_wrong = request.method == "POST" and form is not None and bool(form.errors)
    return HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
