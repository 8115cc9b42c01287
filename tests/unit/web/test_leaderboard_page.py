"""Leaderboards as pages and files."""

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import JSONField, Value
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.models import Challenge, Entry, Leaderboard, Phase, Split, Submission, Team
from challenges.services.submissions import Details
from tests import factories

pytestmark = pytest.mark.django_db

BOARD = "/challenges/rain/leaderboard/"
MAIN = "/challenges/rain/leaderboard/main/main/"
CONFIG: dict[str, Any] = factories.CONFIG["phases"][0]["leaderboard"]
SCRIPT = {"hx-request": "true"}


def rows(text: str) -> list[list[str]]:
    """Return the words of the table's cells, row by row."""
    found = re.findall(r'<tr class="grid__row board__row.*?</tr>', text, re.DOTALL)
    cells = [re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL) for row in found]
    return [[" ".join(re.sub(r"<[^>]+>", " ", c).split()) for c in row] for row in cells]


def with_board(folder: Path, **changes: object) -> Challenge:
    data = factories.config(leaderboard={**CONFIG, **changes})
    return factories.make_challenge(folder, {**data, "slug": "other"})


def test_an_empty_board_says_so(anybody: Client) -> None:
    assert "Nobody has a score yet" in anybody.get(BOARD).content.decode()


def test_ties_share_a_rank_and_zero_is_a_score(phase: Phase, anybody: Client) -> None:
    for name, accuracy in (("Cats", 0.5), ("Dogs", 0.9), ("Elks", 0.5), ("Foxes", 0.0)):
        team = factories.make_team(phase.challenge, name)
        factories.make_scored(phase, team, accuracy=accuracy)

    text = anybody.get(BOARD).content.decode()

    assert [row[:3] for row in rows(text)] == [
        ["1", "Dogs", "0.900"],
        ["2", "Cats", "0.500"],
        ["2", "Elks", "0.500"],
        ["4", "Foxes", "0.000"],
    ]


def test_lower_scores_lead_where_lower_is_better(tmp_path: Path) -> None:
    column = {**CONFIG["columns"][0], "better": "lower", "unit": "mm"}
    phase = factories.only_phase(with_board(tmp_path / "other", columns=[column]))
    for name, accuracy in (("Cats", 100.0), ("Dogs", 9.5), ("Elks", 10.1), ("Foxes", -3.0)):
        factories.make_scored(phase, factories.make_team(phase.challenge, name), accuracy=accuracy)

    text = Client().get("/challenges/other/leaderboard/").content.decode()

    assert [row[1] for row in rows(text)] == ["Foxes", "Dogs", "Elks", "Cats"]
    assert "Accuracy [mm]" in text
    assert "(lower is better)" in text


def test_the_board_says_how_it_ranks(phase: Phase, anybody: Client) -> None:
    factories.make_scored(phase)

    text = anybody.get(BOARD).content.decode()

    assert "Ranked by Accuracy (higher is better)." in text
    assert "Equal ones share a rank" in text
    assert "Each team stands here with its best submission." in text


def test_the_own_row_is_marked_and_can_be_reached(phase: Phase, team: Team, member: Client) -> None:
    factories.make_scored(phase, accuracy=0.9)
    factories.make_scored(phase, team, accuracy=0.1)

    text = member.get(BOARD).content.decode()

    assert "Jump to my row (rank 2)" in text
    assert 'id="my-row"' in text
    assert "your team" in rows(text)[1][1]
    assert "your team" not in rows(text)[0][1]


def test_baselines_are_marked(phase: Phase, team: Team, anybody: Client) -> None:
    factories.make_scored(phase, team)
    Team.objects.filter(pk=team.pk).update(is_baseline=True)

    assert "baseline" in rows(anybody.get(BOARD).content.decode())[0][1]


def test_names_and_metadata_are_text(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {
            "repo": {"type": "string", "format": "uri", "x-leaderboard": True},
            "private": {"type": "string"},
        },
    }
    data = {**factories.config(), "slug": "xss", "metadata_schema": schema}
    phase = factories.only_phase(factories.make_challenge(tmp_path / "xss", data))
    for number, repo in enumerate(
        ("javascript:alert(1)", "x onmouseover=alert(1) y", "https://ok.example/?a=1&b='\">")
    ):
        team = factories.make_team(phase.challenge, f"<script>{number}</script>")
        said = Details(method="<b>", metadata={"repo": repo, "private": "secret"})
        factories.make_scored(phase, team, details=said)
    Submission.objects.filter(team__name__contains="0").update(metadata={})

    text = Client().get("/challenges/xss/leaderboard/").content.decode()

    assert "<script>0" not in text
    assert "<b>" not in text
    assert 'href="javascript' not in text
    assert "secret" not in text
    assert (
        'href="https://ok.example/?a=1&amp;b=&#x27;&quot;&gt;" rel="nofollow ugc noopener"' in text
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [("owl", ["Owls"]), ("OWLS", ["Owls"]), ("%", []), ("' OR 1=1", []), ("  ", ["Cats", "Owls"])],
)
def test_a_team_is_found_by_its_name_with_its_rank(
    query: str, found: list[str], phase: Phase, team: Team, anybody: Client
) -> None:
    factories.make_scored(phase, factories.make_team(phase.challenge, "Cats"), accuracy=0.9)
    factories.make_scored(phase, team, accuracy=0.1)

    text = anybody.get(MAIN, {"q": query}).content.decode()

    assert [row[1] for row in rows(text)] == found
    assert query.strip() in text.replace("&#x27;", "'")
    if query == "owl":
        assert rows(text)[0][0] == "2"


@pytest.mark.parametrize(
    "query",
    ["page=99", "page=0", "page=-1", "page=x", "page=9999999999", "split=none", "split=private"],
)
def test_odd_addresses_show_the_board(
    query: str, phase: Phase, team: Team, anybody: Client
) -> None:
    factories.make_scored(phase, team)

    response = anybody.get(f"{MAIN}?{query}")

    assert response.status_code == 200
    assert "Owls" in response.content.decode()


@pytest.mark.parametrize("path", ["none/main/", "main/none/", "main/none.csv", "none/main.json"])
def test_boards_that_are_not_there_are_404(path: str, anybody: Client) -> None:
    assert anybody.get(BOARD + path).status_code == 404


def test_a_board_that_opens_at_the_end_shows_nothing_before(tmp_path: Path, ada: Client) -> None:
    phase = factories.only_phase(with_board(tmp_path / "other", show="at-close"))
    factories.make_scored(phase, factories.make_team(phase.challenge, "Cats"))
    address = "/challenges/other/leaderboard/"

    before = Client().get(address)
    files = [Client().get(f"{address}main/main.{kind}") for kind in ("csv", "json")]
    organisers = ada.get(address)
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    after = Client().get(address)

    assert before.status_code == 200
    assert "Cats" not in before.content.decode()
    assert "opens when the phase closes" in before.content.decode()
    assert [response.status_code for response in files] == [404, 404]
    assert "Cats" in organisers.content.decode()
    assert "Cats" in after.content.decode()


def test_a_hidden_board_stays_hidden(tmp_path: Path) -> None:
    phase = factories.only_phase(with_board(tmp_path / "other", show="hidden"))
    factories.make_scored(phase, factories.make_team(phase.challenge, "Cats"))
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now() - timedelta(days=1))

    text = Client().get("/challenges/other/leaderboard/").content.decode()

    assert "Cats" not in text
    assert "The organisers do not show this leaderboard" in text


def split_challenge(folder: Path) -> Phase:
    data = factories.config(leaderboard={**CONFIG, "split": {"public": ["one"]}})
    [phase] = data["phases"]
    [case] = phase["submission"]["cases"]
    phase["submission"]["cases"] = [
        {**case, "id": name, "path": f"{name}.csv"} for name in ("one", "two")
    ]
    files = {"truth/one.csv": factories.TRUTH, "truth/two.csv": factories.TRUTH}
    return factories.only_phase(factories.make_challenge(folder, {**data, "slug": "split"}, files))


def test_private_scores_are_for_organisers_until_the_phase_has_closed(
    tmp_path: Path, ada: Client
) -> None:
    phase = split_challenge(tmp_path / "split")
    outcome = factories.scored(
        {"accuracy": 0.5}, {"one": {"accuracy": 0.875}, "two": {"accuracy": 0.125}}
    )
    factories.finish(factories.make_submission(phase), outcome)
    address = "/challenges/split/leaderboard/main/main/?split=private"

    before = Client().get(address).content.decode()
    organisers = ada.get(address).content.decode()
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    after = Client().get("/challenges/split/leaderboard/").content.decode()

    assert rows(before)[0][2] == "0.875"
    assert "over the public cases only" in before
    assert rows(organisers)[0][2] == "0.125"
    assert rows(after)[0][2] == "0.125"
    assert "Public cases" in after


def test_the_board_is_a_file(phase: Phase, team: Team, anybody: Client) -> None:
    factories.make_scored(phase, team, accuracy=0, details=Details(method="=1+1"))

    table = anybody.get(f"{BOARD}main/main.csv")
    data = json.loads(anybody.get(f"{BOARD}main/main.json").content)

    header, line = csv.reader(io.StringIO(table.content.decode()))
    found = dict(zip(header, line, strict=True))
    assert (found["rank"], found["team"], found["accuracy"]) == ("1", "Owls", "0.0")
    assert found["method"] == "'=1+1"
    assert table.headers["Content-Disposition"] == 'attachment; filename="rain-main-main-all.csv"'
    assert data["rows"][0]["scores"] == {"accuracy": 0.0}
    assert data["columns"][0]["key"] == "accuracy"


def test_a_script_gets_nothing_while_nothing_changes(
    phase: Phase, team: Team, anybody: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    factories.make_scored(phase, team, accuracy=0.25)
    asked = re.search(r'hx-get="([^"]+)"', anybody.get(BOARD).content.decode())
    assert asked
    address = asked[1].replace("&amp;", "&")

    with django_assert_max_num_queries(1):
        unchanged = anybody.get(address, headers=SCRIPT)
    factories.make_scored(phase, team, accuracy=0.75)
    changed = anybody.get(address, headers=SCRIPT).content.decode()

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert rows(changed)[0][2] == "0.750"
    assert "<html" not in changed


def test_nobody_learns_by_guessing_whether_a_hidden_board_has_changed(tmp_path: Path) -> None:
    with_board(tmp_path / "other", show="hidden")

    for guess in ("0", "1", "2", ""):
        address = f"/challenges/other/leaderboard/main/main/?seen={guess}"
        assert Client().get(address, headers=SCRIPT).status_code == 200


def fill(phase: Phase, number: int) -> None:
    """Put many teams on the board, by rows of the database."""
    submission = factories.make_scored(phase)
    board = phase.leaderboards.get()
    teams = Team.objects.bulk_create(
        Team(challenge=phase.challenge, name=f"Team number {n}") for n in range(number)
    )
    Entry.objects.bulk_create(
        Entry(
            leaderboard=board,
            split=Split.ALL,
            team=team,
            submission=submission,
            improved_at=submission.submitted_at,
        )
        for team in teams
    )
    Leaderboard.objects.update(version=board.version + 1)


def test_two_thousand_teams_take_a_page_at_a_time_and_eight_queries(
    phase: Phase, team: Team, member: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(phase, 2000)
    factories.make_scored(phase, team, accuracy=0.1)

    with django_assert_max_num_queries(8):
        first = member.get(BOARD).content.decode()
    jump = re.search(r'href="(\?page=41)#my-row"', first)

    assert len(rows(first)) == 50
    assert jump
    assert "your team" in member.get(MAIN + jump[1]).content.decode()


def test_a_board_before_any_phase_is_open_is_no_error(phase: Phase, anybody: Client) -> None:
    Phase.objects.filter(pk=phase.pk).update(opens_at=timezone.now() + timedelta(days=1))

    assert anybody.get(BOARD).status_code == 200


@pytest.mark.parametrize("metadata", [None, [], "text", 5, {"repo": None}])
def test_odd_metadata_in_the_database_breaks_no_board(metadata: object, tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"repo": {"type": "string", "x-leaderboard": True}}}
    data = {**factories.config(), "slug": "odd", "metadata_schema": schema}
    phase = factories.only_phase(factories.make_challenge(tmp_path / "odd", data))
    submission = factories.make_submission(phase)
    Submission.objects.update(metadata=Value(metadata, JSONField()))
    factories.finish(submission, factories.scored({"accuracy": 0.5}))

    text = Client().get("/challenges/odd/leaderboard/").content.decode()

    assert rows(text)[0][2] == "0.500"
