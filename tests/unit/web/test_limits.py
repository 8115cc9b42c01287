"""The table of limits, and who is counted together."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from pytest_django import Settings

from challenges.models import User
from evaluator.settings import SettingsInvalid
from web.environment import read_settings
from web.limiting import limit, who
from web.limits import DEFAULTS, parse_limits


def test_what_is_not_named_keeps_its_default() -> None:
    assert parse_limits("") == DEFAULTS
    assert parse_limits(" read=10, sign-in = 5,") == {**DEFAULTS, "read": 10, "sign-in": 5}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reed=10", "did you mean 'read'"),
        ("read=0", "write for example read=3000"),
        ("read", "write for example read=3000"),
        ("read=-1", "write for example read=3000"),
        ("read=ten", "write for example read=3000"),
    ],
)
def test_a_limit_that_means_nothing_is_refused_at_the_start(text: str, said: str) -> None:
    with pytest.raises(SettingsInvalid, match="AGON_API_LIMITS") as error:
        read_settings({"AGON_API_LIMITS": text})

    assert said in str(error.value)


def test_the_settings_decide(settings: Settings) -> None:
    settings.AGON = settings.AGON.model_copy(update={"api_limits": "read=7"})

    assert (limit("read").requests, limit("read").seconds) == (7, 60.0)


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # one household
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "not an address", True),
    ],
)
def test_addresses_are_counted_as_households(one: str, other: str, are_one: bool) -> None:
    requests = [RequestFactory().get("/", REMOTE_ADDR=address) for address in (one, other)]
    for request in requests:
        request.user = AnonymousUser()

    assert (who(requests[0]) == who(requests[1])) is are_one


def test_a_person_is_one_wherever_they_are() -> None:
    requests = [RequestFactory().get("/", REMOTE_ADDR=f"192.0.2.{n}") for n in (1, 2)]
    for request in requests:
        request.user = User(pk=7)

    assert who(requests[0]) == who(requests[1]) == "person-7"
