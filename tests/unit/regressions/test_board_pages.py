"""What people see of a leaderboard: the server's order and ranks, every score, nothing hidden."""

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from challenges.config import read_folder
from challenges.models import Challenge, Phase, Submission
from challenges.services.loading import load_challenge
from tests import factories
from tests.unit.regressions.conftest import SCHEMA

pytestmark = pytest.mark.django_db
BOARD = "/challenges/rain/leaderboard/main/main/"
COLUMN = {"key": "accuracy", "title": "Accuracy", "digits": 3}
OTHER_TRUTH = {"truth/rain.csv": b"id,rain\n1,1\n2,1\n3,1\n4,1\n"}


def make_phase(folder: Path, *, better: str = "higher", **board: Any) -> Phase:
    columns = [{**COLUMN, "better": better}]
    data = factories.config(leaderboard={"columns": columns, **board})
    data["metadata_schema"] = SCHEMA
    return factories.only_phase(factories.make_challenge(folder, data))


def fill(phase: Phase, scores: list[float]) -> None:
    """Let teams A, B, C … hand in one a day in this order, the last one today."""
    for n, score in enumerate(scores):
        team = factories.make_team(phase.challenge, f"Team {'ABCDEFGH'[n]}")
        at = timezone.now() - timedelta(days=len(scores) - n)
        factories.make_scored(phase, team, accuracy=score, submitted_at=at)


def table(client: Client) -> list[list[str]]:
    """Return rank, team and score of each row as the file of the board has them."""
    rows = list(csv.DictReader(StringIO(client.get(f"{BOARD[:-1]}.csv").content.decode())))
    return [[row["rank"], row["team"], row["accuracy"]] for row in rows]


def page(client: Client) -> str:
    response = client.get(BOARD)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(("better", "order"), [("higher", "DBAC"), ("lower", "CABD")])
def test_rows_stand_in_the_order_of_their_ranks_in_page_and_file(
    client: Client, tmp_path: Path, better: str, order: str
) -> None:
    fill(make_phase(tmp_path, better=better), [5.0, 10.0, 0.0, 100.0])

    text, rows = page(client), table(client)

    places = [text.index(f"Team {letter}") for letter in order]
    assert places == sorted(places)
    assert [rank for rank, _, _ in rows] == ["1", "2", "3", "4"]
    assert [team for _, team, _ in rows] == [f"Team {letter}" for letter in order]


def test_a_row_begins_with_its_rank_and_no_script_sorts_the_rows(
    client: Client, tmp_path: Path
) -> None:
    fill(make_phase(tmp_path), [0.25, 0.75])

    text = page(client)

    assert text.index(">Rank</th>") < text.index(">Team</th>")
    rows = text.split("<tr")[2:]
    assert [row[row.index("board__rank") :].split("</td>")[0][-1] for row in rows] == ["1", "2"]
    names = [tag.split('src="')[1].split('"')[0] for tag in text.split("<script")[1:]]
    ours = [finders.find(name.removeprefix("/static/")) for name in names if "/vendor/" not in name]
    assert [file for file in ours if "sort" in Path(str(file)).read_text()] == []
    assert [name for name in names if "/vendor/" in name and "htmx" not in name] == []


def test_a_score_of_zero_is_shown_as_a_number(client: Client, tmp_path: Path) -> None:
    fill(make_phase(tmp_path), [0.0])

    assert ">0.000</td>" in page(client)
    assert table(client) == [["1", "Team A", "0.0"]]


@pytest.mark.parametrize(
    "metadata",
    [{}, {"repository": None}, {"repository": ["a"], "gpus": {"b": None}}, {"gpus": 0}, {"x": 1.5}],
)
def test_any_metadata_can_be_shown(
    client: Client, tmp_path: Path, metadata: dict[str, object]
) -> None:
    phase = make_phase(tmp_path)
    membership = factories.make_membership(phase.challenge)
    submission = factories.make_scored(phase, membership.team)
    Submission.objects.filter(pk=submission.pk).update(metadata=metadata)
    client.force_login(membership.user, "django.contrib.auth.backends.ModelBackend")

    paths = [BOARD, f"{BOARD[:-1]}.csv", f"{BOARD[:-1]}.json", submission.get_absolute_url()]
    paths += ["/challenges/rain/submissions/", f"/api/v1/submissions/{submission.pk}"]
    answers = {path: client.get(path).status_code for path in paths}

    assert set(answers.values()) == {200}


def rescored(folder: Path) -> Challenge:
    """Load another truth, which queues a second evaluation of everything."""
    factories.write_folder(folder, factories.config(), OTHER_TRUTH)
    return load_challenge(read_folder(folder), rescore=True).challenge


def test_pages_stand_while_the_best_submission_is_scored_again(
    client: Client, tmp_path: Path
) -> None:
    phase = factories.only_phase(factories.make_challenge(tmp_path))
    membership = factories.make_membership(phase.challenge)
    submission = factories.make_scored(phase, membership.team, accuracy=0.9)
    client.force_login(membership.user, "django.contrib.auth.backends.ModelBackend")

    rescored(tmp_path)

    paths = [BOARD, "/challenges/rain/", "/challenges/rain/submissions/", "/"]
    paths += [submission.get_absolute_url(), "/api/v1/challenges/rain/phases/main/leaderboard"]
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


@pytest.mark.parametrize("show", ["hidden", "at-close"])
def test_a_hidden_board_shows_its_scores_nowhere(client: Client, tmp_path: Path, show: str) -> None:
    phase = make_phase(tmp_path, show=show)
    membership = factories.make_membership(phase.challenge)
    submission = factories.make_scored(phase, membership.team, accuracy=0.123)
    client.force_login(membership.user, "django.contrib.auth.backends.ModelBackend")

    own = [submission.get_absolute_url(), "/challenges/rain/submissions/"]
    paths = [BOARD, "/challenges/rain/", f"{BOARD[:-1]}.csv", f"{BOARD[:-1]}.json", *own]
    paths += [f"{own[0]}cases.csv", f"/api/v1/submissions/{submission.pk}"]
    texts = {path: client.get(path).content.decode() for path in paths}

    assert [path for path, text in texts.items() if "0.123" in text] == []
    assert client.get(f"{BOARD[:-1]}.csv").status_code == 404


@pytest.mark.parametrize("path", [BOARD, "/challenges/rain/", "/challenges/rain/submissions/"])
def test_queries_of_a_page_do_not_grow_with_the_submissions(
    client: Client, tmp_path: Path, path: str
) -> None:
    limits = {"per_day": 100, "total": 100, "in_flight": 100, "upload": "1 MiB"}
    phase = factories.only_phase(
        factories.make_challenge(tmp_path, factories.config(limits=limits))
    )
    membership = factories.make_membership(phase.challenge)
    client.force_login(membership.user, "django.contrib.auth.backends.ModelBackend")
    numbers = []

    for count in (2, 38):
        for n in range(count):
            team = membership.team if n % 2 else factories.make_team(phase.challenge)
            factories.make_scored(phase, team, accuracy=n / 40)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        numbers.append(len(queries))

    few, many = numbers
    # A board that this process knows costs one query more: the one that tells what has changed.
    assert many <= few + 1 <= 16
