"""The list of challenges and the pages of one."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from challenges.models import Challenge, Phase, Team
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_first_page_of_a_fresh_site_is_no_error() -> None:
    response = Client().get("/")

    assert response.status_code == 200
    assert "There are no challenges yet" in response.content.decode()


def test_the_list_shows_state_deadline_and_numbers(phase: Phase, team: Team) -> None:
    factories.make_scored(phase, team)

    text = Client().get("/").content.decode()

    assert "Rain tomorrow" in text
    assert "Open" in text
    assert 'datetime="2036-01-01T00:00:00Z"' in text
    assert "1 team," in text
    assert "1 submission" in text


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        data = {**factories.config(), "slug": f"rain-{number}"}
        challenge = factories.make_challenge(tmp_path / str(number), data)
        factories.make_scored(factories.only_phase(challenge))

    with django_assert_max_num_queries(2):
        Client().get("/")


@pytest.mark.parametrize(
    "path", ["", "data/", "pages/rules/", "leaderboard/", "files/sample.csv", "join/"]
)
def test_a_challenge_that_is_not_there_is_404(path: str, anybody: Client, stranger: Client) -> None:
    client = stranger if path == "join/" else anybody

    assert client.get(f"/challenges/snow/{path}").status_code == 404


def test_a_page_that_is_not_there_is_404(anybody: Client) -> None:
    assert anybody.get("/challenges/rain/pages/none/").status_code == 404


def test_a_half_loaded_challenge_is_nowhere(anybody: Client) -> None:
    Challenge.objects.create(slug="half", title="Half", summary="No revision yet.")

    assert anybody.get("/challenges/half/").status_code == 404
    assert "Half" not in anybody.get("/").content.decode()


def test_the_overview_invites_strangers_and_lets_members_submit(
    anybody: Client, member: Client
) -> None:
    assert "/challenges/rain/join/" in anybody.get("/challenges/rain/").content.decode()
    assert "/challenges/rain/submit/" in member.get("/challenges/rain/").content.decode()


def test_only_organisers_find_the_organisers_page_in_the_tabs(
    anybody: Client, member: Client, ada: Client
) -> None:
    address = "/challenges/rain/organise/"

    assert address in ada.get("/challenges/rain/").content.decode()
    assert address not in member.get("/challenges/rain/").content.decode()
    assert address not in anybody.get("/challenges/rain/").content.decode()


def test_the_overview_names_who_leads_but_not_on_a_hidden_board(
    tmp_path: Path, phase: Phase, team: Team
) -> None:
    factories.make_scored(phase, team, accuracy=0)
    hidden = {**factories.config(leaderboard={**BOARD, "show": "hidden"}), "slug": "secret"}
    secret = factories.make_challenge(tmp_path / "secret", hidden)
    factories.make_scored(factories.only_phase(secret), factories.make_team(secret, "Cats"))

    shown = Client().get("/challenges/rain/").content.decode()

    assert "Owls" in shown
    assert "0.000" in shown
    assert "Cats" not in Client().get("/challenges/secret/").content.decode()


def test_the_data_page_lists_public_files_with_digests(anybody: Client) -> None:
    text = anybody.get("/challenges/rain/data/").content.decode()

    assert "/challenges/rain/files/sample.csv" in text
    assert "truth" not in text
    assert "12 bytes" in text


def test_thousands_of_files_are_a_page_too(tmp_path: Path) -> None:
    files = {f"public/{n:04}.txt": b"1" for n in range(510)}
    factories.make_challenge(tmp_path / "rain", None, files)

    text = Client().get("/challenges/rain/data/").content.decode()

    assert "0499.txt" in text
    assert "0500.txt" not in text
    assert "11 more files are" in text


def test_a_challenges_page_takes_few_queries(
    phase: Phase, team: Team, member: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    factories.make_scored(phase, team)

    with django_assert_max_num_queries(8):
        member.get("/challenges/rain/")


BOARD = factories.CONFIG["phases"][0]["leaderboard"]
