"""Every operation for everybody: who gets what, told or not, and with which scope."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone

from challenges.models import Challenge, Membership, Phase, Submission, User
from challenges.services.tokens import create_token
from tests import factories
from tests.unit.web.api.conftest import AsUser, error_of
from web.api import api

pytestmark = pytest.mark.django_db

PREFIX = "/api/v1/"
OTHERS = re.compile(r"^(?:\S+ uploads/|\S+ \S*/uploads$)")  # tested beside uploads
# Operation: for nobody, a stranger, a member of the team, one of another team, an organiser.
# The organiser here takes part in nothing; everything asked for is Grace's.
ROLES = """
get challenges                                     200 200 200 200 200
post challenges                                    401 403 403 403 400
post challenge-checks                              401 403 403 403 400
get challenges/{slug}                              200 200 200 200 200
get challenges/{slug}/files                        200 200 200 200 200
get challenges/{slug}/files/{path}                 200 200 200 200 200
get challenges/{slug}/pages                        200 200 200 200 200
get challenges/{slug}/pages/{name}                 200 200 200 200 200
post challenges/{slug}/join                        401 200 200 200 200
get challenges/{slug}/team                         401 403 200 200 403
patch challenges/{slug}/team                       401 422 422 422 422
post challenges/{slug}/team/invitation             401 403 201 201 403
post challenges/{slug}/team/leave                  401 403 409 204 403
get invitations/{word}                             401 200 200 200 200
post invitations/{word}/accept                     401 200 200 200 200
get challenges/{slug}/phases/{phase}/leaderboard   200 200 200 200 200
get challenges/{slug}/phases/{phase}/plans         200 200 200 200 200
get challenges/{slug}/phases/{phase}/quota         401 403 200 200 403
post challenges/{slug}/phases/{phase}/submissions  401 403 411 411 403
get challenges/{slug}/submissions                  401 403 200 200 403
get submissions/{submission_id}                    401 404 200 404 200
get submissions/{submission_id}/artifacts/{artifact_id} 401 404 404 404 200
get submissions/{submission_id}/events             401 404 200 404 200
get submissions/{submission_id}/files              401 404 200 404 404
get submissions/{submission_id}/files/{upload}     401 404 200 404 404
get submissions/{submission_id}/logs               401 404 404 404 200
post submissions/{submission_id}/cancel            401 404 409 404 409
post submissions/{submission_id}/choose            401 404 200 404 404
get challenges/{slug}/organise                     401 404 404 404 200
get challenges/{slug}/organise/submissions         401 404 404 404 200
post challenges/{slug}/rerun                       401 404 404 404 200
get challenges/{slug}/revisions                    401 404 404 404 200
get challenges/{slug}/revisions/{number}/files     401 404 404 404 200
get challenges/{slug}/revisions/{number}/files/{folder} 401 404 404 404 200
get me                                             401 200 200 200 200
patch me                                           401 422 422 422 422
get me/devices                                     401 200 200 200 200
delete me/devices/{device_id}                      401 404 204 404 404
get me/tokens                                      401 200 200 200 200
post me/tokens                                     401 401 401 401 401
delete me/tokens/current                           401 204 204 204 204
delete me/tokens/{token_id}                        401 404 204 404 404
"""
NAMES = ("nobody", "stranger", "member", "other", "organiser")
CASES = [
    (*line.split()[:2], name, int(status))
    for line in ROLES.strip().splitlines()
    for name, status in zip(NAMES, line.split()[2:], strict=True)
]


@pytest.fixture
def submission(phase: Phase, membership: Membership) -> Submission:
    outcome = factories.scored({"accuracy": 0.5}, {"stations": {"accuracy": 0.5}})
    files = (factories.artifact("notes.txt", b"notes"),)
    submission = factories.make_submission(phase, membership.team)
    return factories.finish(submission, outcome.model_copy(update={"artifacts": files}))


@pytest.fixture
def values(submission: Submission, member: User) -> dict[str, object]:
    """What stands at each place of an address, all of it Grace's."""
    create_token(user=member, name="laptop")
    device = Token.objects.create(
        type=Token.Type.ACCESS_TOKEN,
        hash="x",
        user=member,
        expires_at=timezone.now() + factories.days(1),
    )
    return {
        "slug": "rain",
        "phase": "main",
        "path": "sample.csv",
        "upload": "rain.csv",
        "folder": "challenge.yaml",
        "name": "rules",
        "number": 1,
        "word": submission.team.invitation,
        "submission_id": submission.pk,
        "artifact_id": submission.evaluations.get().artifacts.get().pk,
        "token_id": member.tokens.get().pk,
        "device_id": device.pk,
    }


@pytest.fixture
def people(challenge: Challenge, member: User, stranger: User, organiser: User) -> dict[str, User]:
    other = factories.make_membership(challenge, factories.make_user(name="Eve"), "Cats").user
    return {"stranger": stranger, "member": member, "other": other, "organiser": organiser}


def ask(client: Client, method: str, path: str, values: dict[str, object]) -> Any:
    """Send a request with an empty body to an address with its places filled in."""
    address = PREFIX + path.format(**values)
    response = client.generic(method.upper(), address, content_type="application/json")
    b"".join(response)  # a file that is not read to its end stays open
    return response


@pytest.mark.parametrize(("method", "path", "name", "status"), CASES)
def test_an_operation_answers_each_person_as_it_should(
    method: str,
    path: str,
    name: str,
    status: int,
    values: dict[str, object],
    people: dict[str, User],
    as_user: AsUser,
) -> None:
    client = as_user(people[name]) if name in people else Client()

    response = ask(client, method, path, values)

    assert response.status_code == status, response.content
    if status >= 400:
        assert error_of(response)["code"]


def described() -> Iterator[tuple[str, str, list[str]]]:
    """Yield method, path and the scopes of every operation that takes tokens."""
    for path, methods in api.get_openapi_schema(path_prefix=PREFIX)["paths"].items():
        for method, operation in methods.items():
            for way in operation["security"]:
                if "TokenAuth" in way:
                    yield method, path.removeprefix(PREFIX), way["TokenAuth"]


def test_the_table_has_every_operation() -> None:
    found = {f"{method} {path}" for method, path, _ in described()}
    tabled = {" ".join(line.split()[:2]) for line in ROLES.strip().splitlines()}
    tabled = {line.replace("{upload}", "{path}").replace("{folder}", "{path}") for line in tabled}

    assert {line for line in found if not OTHERS.match(line)} | {"post me/tokens"} == tabled


@pytest.mark.parametrize(("method", "path", "scopes"), list(described()))
def test_a_token_without_the_scope_is_refused_before_anything_is_looked_at(
    method: str, path: str, scopes: list[str], member: User, as_user: AsUser
) -> None:
    weaker = {"submit": "organise", "organise": "submit"}.get(scopes[0])
    places = dict.fromkeys(re.findall(r"{(\w+)}", path), UUID(int=7))
    if weaker is None:
        assert scopes == ["read"]  # which every token has
        return

    response = ask(
        as_user(member, weaker), method, path, places | {"number": 7, "token_id": 7, "device_id": 7}
    )

    assert response.status_code == 403
    assert error_of(response)["code"] == "scope-missing"
    assert error_of(response)["details"] == {"scope": scopes[0]}


def test_an_organisers_hand_on_anothers_submission_needs_the_scope(
    phase: Phase, organiser: User, as_user: AsUser
) -> None:
    submission = factories.make_submission(phase)

    taking_part = ask(
        as_user(organiser, "submit"), "post", f"submissions/{submission.pk}/cancel", {}
    )
    organising = ask(
        as_user(organiser, "submit", "organise"), "post", f"submissions/{submission.pk}/cancel", {}
    )

    assert (taking_part.status_code, organising.status_code) == (403, 200)
    assert error_of(taking_part)["details"] == {"scope": "organise"}


def test_a_token_that_only_reads_is_not_told_how_to_join(member: User, as_user: AsUser) -> None:
    reading = as_user(member, "read").get("/api/v1/challenges/rain/team").json()
    changing = as_user(member, "submit").get("/api/v1/challenges/rain/team").json()

    assert (reading["invitation"], reading["invitation_url"]) == (None, None)
    assert changing["invitation"] in changing["invitation_url"]
