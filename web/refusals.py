"""What a service refuses, shown where the person can mend it."""

from http import HTTPStatus

from django.forms import BaseForm
from django.http import HttpRequest, QueryDict

from challenges.errors import ChallengeError


def add_refusal(form: BaseForm, error: ChallengeError, field: str | None = None) -> None:
    """Put the service's sentence into the form, beside the field that it is about."""
    form.add_error(field, str(error))


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, also when it is empty; None when the page was only asked for."""
    return request.POST if request.method == "POST" else None


def form_status(request: HttpRequest, form: BaseForm | None) -> HTTPStatus:
    """Return the status of a page with a form: 422 when what was sent has to be mended."""
    is_wrong = request.method == "POST" and form is not None and bool(form.errors)
    return HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
