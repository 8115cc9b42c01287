"""No address changes anything when it is only read, fails, or hands out what belongs to others."""

import uuid

import pytest
from django.test import Client

from challenges.models import Membership, Submission, User
from tests import factories
from tests.unit.regressions.walking import Addresses, contents, patterns

pytestmark = pytest.mark.django_db

READERS = ["nobody", "mallory", "grace", "ada"]
# For somebody who takes part; what these say of a thing that is missing is allauth's.
FOREIGN = "/accounts/"
# Programs come here with codes and tokens; no cookie is looked at, so no site can lend one.
WITHOUT_COOKIES = "/identity/o/api/"
HERE = {200, 204, 302}
GONE = {
    "slug": "no-such-challenge",
    "phase": "no-such-phase",
    "board": "no-such-board",
    "name": "no-such-page",
    "path": "no-such-file.csv",
    "word": "no-such-word",
    "submission_id": uuid.UUID(int=7),
    "evaluation_id": uuid.UUID(int=7),
    "artifact_id": uuid.UUID(int=7),
    "token_id": 7_000_000,
    "device_id": 7_000_000,
    "upload_id": uuid.UUID(int=7),
}


def status(client: Client, address: str, method: str = "get") -> int:
    """Return the status of the answer to a request without a body."""
    response = client.generic(method.upper(), address)
    b"".join(response)  # a file that is not read to its end stays open
    return response.status_code


def text(client: Client, address: str) -> str:
    """Return the whole answer: what it says, and where it leads."""
    response = client.get(address)
    return f"{response.headers} {b''.join(response).decode('utf-8', 'replace')}"


def signed_in(user: User, *, checks_csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=checks_csrf)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clients(ada: User, grace: Membership, mallory: User) -> dict[str, Client]:
    factories.make_membership(grace.challenge, ada, "Hosts")  # organisers may take part
    return {
        "nobody": Client(),
        "mallory": signed_in(mallory),
        "grace": signed_in(grace.user),
        "ada": signed_in(ada),
    }


def test_every_address_is_walked(addresses: Addresses) -> None:
    walked = set(addresses)

    assert len(walked) > 70
    assert not [address for address in walked if set("<>()?") & set(address)]
    assert len(patterns()) >= len(walked)


@pytest.mark.parametrize("reader", READERS)
def test_reading_an_address_never_fails_and_changes_nothing(
    clients: dict[str, Client], addresses: Addresses, reader: str
) -> None:
    before = contents()

    answers = {address: status(clients[reader], address) for address in addresses}

    assert {a: s for a, s in answers.items() if s in range(500, 503)} == {}
    assert contents() == before


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_changed_without_the_token_of_a_form(
    grace: Membership, addresses: Addresses, method: str
) -> None:
    client = signed_in(grace.user, checks_csrf=True)
    before = contents()

    own = [address for address in addresses if not address.startswith(WITHOUT_COOKIES)]
    answers = {address: status(client, address, method) for address in own}

    assert {a: s for a, s in answers.items() if s not in {401, 403, 404, 405, 302}} == {}
    assert contents() == before


@pytest.mark.parametrize("reader", ["mallory", "grace", "ada"])
@pytest.mark.parametrize("place", GONE)
def test_what_does_not_exist_is_not_found(
    clients: dict[str, Client], addresses: Addresses, place: str, reader: str
) -> None:
    wrong = addresses.but(**{place: GONE[place]}).with_place(place)
    own = [address for address in wrong if not address.startswith(FOREIGN)]

    answers = {address: status(clients[reader], address) for address in own}

    assert own
    assert {a: s for a, s in answers.items() if s in HERE} == {}


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize(
    "place", ["submission_id", "evaluation_id", "artifact_id", "token_id", "upload_id"]
)
def test_what_belongs_to_another_team_does_not_exist(
    clients: dict[str, Client], addresses: Addresses, place: str, method: str
) -> None:
    before = contents()

    answers = {
        address: status(clients["mallory"], address, method)
        for address in addresses.with_place(place)
    }

    assert {a: s for a, s in answers.items() if s not in {404, 405}} == {}
    assert contents() == before


@pytest.mark.parametrize("reader", ["nobody", "mallory"])
def test_members_files_and_words_of_another_team_are_shown_to_nobody(
    clients: dict[str, Client],
    addresses: Addresses,
    grace: Membership,
    submission: Submission,
    reader: str,
) -> None:
    secrets = [grace.user.email, grace.team.invitation, submission.description]

    texts = {
        address: text(clients[reader], address)
        for address in addresses
        if grace.team.invitation not in address
    }

    assert [(a, word) for a, said in texts.items() for word in secrets if word in said] == []


def test_a_fresh_site_without_a_challenge_has_its_pages(db: None, client: Client) -> None:  # noqa: ARG001
    answers = [status(client, path) for path in ("/", "/api/v1/challenges", "/healthz")]

    assert answers == [200, 200, 200]
