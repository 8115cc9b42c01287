"""Lists of submissions: a team's own, and the organisers'."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from challenges.models import Phase, Team
from challenges.services.submissions import Details
from tests import factories
from tests.unit.web.conftest import Browser

pytestmark = pytest.mark.django_db

MINE = "/challenges/rain/submissions/"
ORGANISE = "/challenges/rain/organise/"


def test_an_empty_list_says_how_to_begin(member: Client) -> None:
    assert "Nothing has been handed in yet" in member.get(MINE).content.decode()


def test_a_team_sees_its_own_only(phase: Phase, team: Team, member: Client) -> None:
    factories.make_scored(phase, team, accuracy=0.0, details=Details(method="trees"))
    factories.make_scored(phase, details=Details(method="of a rival"))

    text = member.get(MINE).content.decode()

    assert "trees" in text
    assert "0.000" in text
    assert "of a rival" not in text


def test_strangers_are_led_to_joining(stranger: Client, anybody: Client) -> None:
    assert stranger.get(MINE).headers["Location"] == "/challenges/rain/join/"
    assert anybody.get(MINE).headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("query", ["?page=99", "?page=x", "?page=-1", "?phase=none", "?page="])
def test_odd_addresses_show_the_list(query: str, phase: Phase, team: Team, member: Client) -> None:
    factories.make_scored(phase, team, details=Details(method="trees"))

    response = member.get(MINE + query)

    assert response.status_code == 200
    assert "trees" in response.content.decode()


def test_many_are_shown_in_pages_with_a_fixed_number_of_queries(
    tmp_path: Path, browser: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    limits = {"per_day": 100, "total": 100, "in_flight": 100}
    data = {**factories.config(limits=limits), "slug": "many"}
    phase = factories.only_phase(factories.make_challenge(tmp_path / "many", data))
    membership = factories.make_membership(phase.challenge)
    for _ in range(27):
        factories.make_submission(phase, membership.team)
    client = browser(membership.user)

    with django_assert_max_num_queries(15):
        first = client.get("/challenges/many/submissions/").content.decode()
    second = client.get("/challenges/many/submissions/?page=2").content.decode()

    assert "Page 1 of 2" in first
    assert first.count("/submissions/") > second.count("/submissions/")


def test_organisers_see_all_with_codes_and_versions(
    phase: Phase, team: Team, ada: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    factories.make_scored(phase, team)
    rejected = factories.finish(factories.make_submission(phase), factories.rejected())
    factories.finish(factories.make_submission(phase), factories.failed())

    with django_assert_max_num_queries(17):
        text = ada.get(ORGANISE).content.decode()

    assert "Owls" in text
    assert rejected.team.name in text
    assert "?status=rejected&amp;code=case-missing" in text
    assert "1 evaluation" in text
    task = phase.tasks.get()
    assert task.scorer
    assert task.scorer.digest in text


def test_nobody_else_sees_that_there_is_such_a_page(
    member: Client, stranger: Client, anybody: Client
) -> None:
    assert member.get(ORGANISE).status_code == 404
    assert stranger.get(ORGANISE).status_code == 404
    assert anybody.get(ORGANISE).status_code == 404


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?status=scored", "Owls", "Cats"),
        ("?status=rejected&code=case-missing", "Cats", "Owls"),
        ("?team=ow", "Owls", "Cats"),
        ("?status=rejected&team=owls", "No submission fits", "Cats"),
    ],
)
def test_organisers_can_filter(
    query: str, shown: str, hidden: str, phase: Phase, team: Team, ada: Client
) -> None:
    factories.make_scored(phase, team)
    cats = factories.make_team(phase.challenge, "Cats")
    factories.finish(factories.make_submission(phase, cats), factories.rejected())

    text = ada.get(ORGANISE + query).content.decode()

    assert shown in text
    assert f"<bdi>{hidden}</bdi>" not in text


@pytest.mark.parametrize("query", ["?status=none", "?code=x", "?team=%00", "?page=99&status="])
def test_filters_that_mean_nothing_show_all(
    query: str, phase: Phase, team: Team, ada: Client
) -> None:
    factories.make_scored(phase, team)

    assert "Owls" in ada.get(ORGANISE + query).content.decode()
