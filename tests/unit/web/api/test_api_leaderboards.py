"""Leaderboards: order, sides, pages, who sees what when."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.models import Phase, User
from challenges.services.submissions import Details
from tests import factories
from tests.unit.web.api.conftest import AsUser, error_of
from web.api.paging import cursor_at

pytestmark = pytest.mark.django_db

PATH = "/api/v1/challenges/rain/phases/main/leaderboard"
BOARD: dict[str, Any] = factories.CONFIG["phases"][0]["leaderboard"]
TWO_CASES = {
    "cases": [
        {"id": f"case-{n}", "path": f"{n}.csv", "dtype": "integer", "column": "rain", "index": "id"}
        for n in (1, 2)
    ]
}
TWO_TRUTHS = {f"truth/{n}.csv": factories.TRUTH for n in (1, 2)}


def make_split_phase(folder: Path, **board: object) -> Phase:
    """Return a phase whose board has a public and a private side, with two teams on it."""
    data = factories.config(
        submission=TWO_CASES, leaderboard=BOARD | {"split": {"public": "case-1"}} | board
    )
    phase = factories.only_phase(factories.make_challenge(folder, data, TWO_TRUTHS))
    for name, public, private in (("Owls", 0.9, 0.1), ("Larks", 0.5, 0.5)):
        team = factories.make_team(phase.challenge, name)
        cases = {"case-1": {"accuracy": public}, "case-2": {"accuracy": private}}
        mean = (public + private) / 2
        submission = factories.make_submission(phase, team)
        factories.finish(submission, factories.scored({"accuracy": mean}, cases))
    return phase


def close(phase: Phase) -> None:
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now() - timedelta(seconds=1))


def test_rows_have_the_promised_form(client: Client, phase: Phase) -> None:
    owls = factories.make_team(phase.challenge, "Owls")
    factories.make_scored(phase, owls, accuracy=0.25)
    best = factories.make_scored(phase, owls, accuracy=2 / 3, details=Details(method="trees"))

    board = client.get(PATH).json()

    assert [column["key"] for column in board["columns"]] == ["accuracy"]
    assert board["rows"] == [
        {
            "rank": 1,
            "team": "Owls",
            "method": "trees",
            "scores": {"accuracy": 0.667},
            "submission": str(best.pk),
            "submitted_at": board["rows"][0]["submitted_at"],
            "entries": 2,
            "is_baseline": False,
            "metadata": {},
        }
    ]


def test_what_looks_equal_shares_a_rank(client: Client, phase: Phase) -> None:
    for accuracy in (0.9, 0.80001, 0.8, 0.7):
        factories.make_scored(phase, accuracy=accuracy)

    rows = client.get(PATH).json()["rows"]

    assert [row["rank"] for row in rows] == [1, 2, 2, 4]
    assert [row["scores"]["accuracy"] for row in rows] == [0.9, 0.8, 0.8, 0.7]


def test_pages_join_without_gap_or_overlap(client: Client, phase: Phase) -> None:
    for number in range(5):
        factories.make_scored(phase, accuracy=number / 10)

    pages = [client.get(PATH, {"limit": 2}).json()]
    while pages[-1]["next"]:
        pages.append(client.get(PATH, {"limit": 2, "cursor": pages[-1]["next"]}).json())

    scores = [row["scores"]["accuracy"] for page in pages for row in page["rows"]]
    assert scores == [0.4, 0.3, 0.2, 0.1, 0.0]
    assert pages[0]["total"] == 5


@pytest.mark.usefixtures("phase")
@pytest.mark.parametrize("cursor", ["100", "", "no:cursor", cursor_at("own-rain", 1)])
def test_a_cursor_that_the_board_did_not_give_is_refused(client: Client, cursor: str) -> None:
    response = client.get(PATH, {"cursor": cursor})

    assert response.status_code == 422
    assert list(error_of(response)["details"]) == ["cursor"]


def test_an_unchanged_board_is_not_sent_again(
    client: Client, phase: Phase, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    team = factories.make_team(phase.challenge)
    factories.make_scored(phase, team, accuracy=0.5)
    etag = client.get(PATH).headers["ETag"]

    with django_assert_max_num_queries(1):
        same = client.get(PATH, headers={"if-none-match": etag})
    other_page = client.get(PATH, {"limit": 1}, headers={"if-none-match": etag})
    factories.make_scored(phase, team, accuracy=0.6)
    changed = client.get(PATH, headers={"if-none-match": etag})

    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    assert [other_page.status_code, changed.status_code] == [200, 200]
    assert changed.headers["ETag"] != etag


def test_a_new_score_shows_at_once_and_changes_the_version(client: Client, phase: Phase) -> None:
    team = factories.make_team(phase.challenge)
    factories.make_scored(phase, team, accuracy=0.5)
    before = client.get(PATH).json()

    factories.make_scored(phase, team, accuracy=0.6)
    after = client.get(PATH).json()

    assert before["rows"][0]["scores"]["accuracy"] == 0.5
    assert after["rows"][0]["scores"]["accuracy"] == 0.6
    assert after["version"] > before["version"]


def test_the_private_side_is_hidden_until_the_phase_has_closed(
    client: Client, tmp_path: Path
) -> None:
    phase = make_split_phase(tmp_path)

    public = client.get(PATH)
    early = client.get(PATH, {"split": "private"})
    close(phase)
    late = client.get(PATH)

    assert public.json()["split"] == "public"
    assert [row["team"] for row in public.json()["rows"]] == ["Owls", "Larks"]
    assert early.status_code == 404
    error_of(early)
    assert late.json()["split"] == "private"
    assert [row["team"] for row in late.json()["rows"]] == ["Larks", "Owls"]


def test_organisers_see_both_sides_at_any_time(
    organiser: User, as_user: AsUser, tmp_path: Path
) -> None:
    make_split_phase(tmp_path)

    response = as_user(organiser).get(PATH, {"split": "private"})

    assert [row["team"] for row in response.json()["rows"]] == ["Larks", "Owls"]


@pytest.mark.parametrize(("show", "late"), [("hidden", 404), ("at-close", 200), ("live", 200)])
def test_a_board_is_shown_when_its_challenge_says(
    client: Client, tmp_path: Path, show: str, late: int
) -> None:
    data = factories.config(leaderboard=BOARD | {"show": show})
    phase = factories.only_phase(factories.make_challenge(tmp_path, data))
    factories.make_scored(phase)

    before = client.get(PATH)
    close(phase)
    after = client.get(PATH)

    assert before.status_code == (200 if show == "live" else 404)
    assert after.status_code == late


def test_a_hidden_board_is_open_to_its_organisers(
    organiser: User, as_user: AsUser, tmp_path: Path
) -> None:
    data = factories.config(leaderboard=BOARD | {"show": "hidden"})
    factories.make_scored(factories.only_phase(factories.make_challenge(tmp_path, data)))

    response = as_user(organiser).get(PATH)

    assert len(response.json()["rows"]) == 1


def test_metadata_is_shown_only_where_the_challenge_says(client: Client, tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {
            "code_url": {"type": "string", "x-leaderboard": True},
            "notes": {"type": "string"},
        },
    }
    data = factories.config() | {"metadata_schema": schema}
    phase = factories.only_phase(factories.make_challenge(tmp_path, data))
    said = Details(metadata={"code_url": "https://example.org", "notes": "secret"})
    factories.make_scored(phase, details=said)

    (row,) = client.get(PATH).json()["rows"]

    assert row["metadata"] == {"code_url": "https://example.org"}


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/challenges/snow/phases/main/leaderboard",
        "/api/v1/challenges/rain/phases/final/leaderboard",
        f"{PATH}?board=other",
    ],
)
@pytest.mark.usefixtures("phase")
def test_a_board_that_does_not_exist_is_404(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    error_of(response)


@pytest.mark.usefixtures("phase")
def test_an_unknown_side_is_422(client: Client) -> None:
    response = client.get(PATH, {"split": "inside"})

    assert response.status_code == 422
    assert list(error_of(response)["details"]) == ["split"]


def test_a_board_takes_eight_queries_cold_and_four_warm_however_long_it_is(
    member: User,
    phase: Phase,
    as_user: AsUser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_user(member)
    client.get("/api/v1/me")
    for _ in range(5):
        factories.make_scored(phase)

    with django_assert_max_num_queries(8):
        client.get(PATH)
    with django_assert_max_num_queries(4):
        client.get(PATH)
