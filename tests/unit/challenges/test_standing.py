"""Reading a board again and again: always what the database says, with little work."""

import random
from datetime import datetime
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from challenges.config import read_folder
from challenges.models import Challenge, Leaderboard, Phase, Split
from challenges.selectors.board_entries import BoardEntry, read_entries
from challenges.selectors.leaderboard import Standing, standing
from challenges.services.boards import recompute
from challenges.services.joining import rename_team
from challenges.services.loading import load_challenge
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    limits = {"per_day": 500, "total": 500, "in_flight": 500}
    return factories.make_challenge(tmp_path, factories.config(limits=limits))


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


def board() -> Leaderboard:
    """Return the board as a request reads it."""
    return Leaderboard.objects.select_related("phase__challenge__current").get()


def read() -> Standing:
    return standing(board(), Split.ALL)


def shown() -> list[tuple[int, str, float]]:
    return [(row.rank, row.team, row.scores["accuracy"]) for row in read().rows]


def best_first(entry: BoardEntry) -> tuple[float, datetime]:
    return -entry.candidate.scores["accuracy"], entry.candidate.submitted_at


def test_a_board_that_has_not_changed_takes_no_query(
    phase: Phase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factories.make_scored(phase)
    leaderboard = board()
    first = standing(leaderboard, Split.ALL)

    with django_assert_num_queries(0):
        second = standing(leaderboard, Split.ALL)

    assert second is first


def test_a_board_that_has_changed_takes_three_queries_however_long_it_is(
    phase: Phase, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        factories.make_scored(phase, accuracy=number / 10)
        leaderboard = board()

        with django_assert_max_num_queries(3):
            standing(leaderboard, Split.ALL)


def test_an_improvement_moves_its_team_and_leaves_the_others(phase: Phase) -> None:
    owls, larks = (factories.make_team(phase.challenge, name) for name in ("Owls", "Larks"))
    factories.make_scored(phase, owls, accuracy=0.5)
    factories.make_scored(phase, larks, accuracy=0.6)
    before = shown()

    factories.make_scored(phase, owls, accuracy=0.7)

    assert before == [(1, "Larks", 0.6), (2, "Owls", 0.5)]
    assert shown() == [(1, "Owls", 0.7), (2, "Larks", 0.6)]


def test_a_worse_submission_only_counts(phase: Phase) -> None:
    team = factories.make_team(phase.challenge)
    factories.make_scored(phase, team, accuracy=0.5)
    read()

    factories.make_scored(phase, team, accuracy=0.4)

    (row,) = read().rows
    assert (row.scores["accuracy"], row.entries) == (0.5, 2)


def test_a_renamed_team_has_its_new_name_at_once(phase: Phase) -> None:
    team = factories.make_team(phase.challenge, "Owls")
    factories.make_scored(phase, team)
    read()

    rename_team(team=team, name="Night owls")

    assert [row.team for row in read().rows] == ["Night owls"]


def test_a_new_revision_shows_its_digits_at_once(phase: Phase, tmp_path: Path) -> None:
    factories.make_scored(phase, accuracy=2 / 3)
    read()
    data = factories.config()
    data["phases"][0]["leaderboard"]["columns"][0]["digits"] = 1
    folder = factories.write_folder(tmp_path / "new", data)

    load_challenge(read_folder(folder))

    assert [row.scores["accuracy"] for row in read().rows] == [0.7]


def test_entries_that_are_gone_are_not_shown(phase: Phase) -> None:
    factories.make_scored(phase)
    read()

    board().entries.all().delete()
    Leaderboard.objects.update(version=1000)

    assert read().rows == ()


def test_reading_piece_by_piece_gives_what_reading_whole_does(phase: Phase) -> None:
    chance = random.Random(5)
    teams = [factories.make_team(phase.challenge) for _ in range(6)]

    for _ in range(40):
        factories.make_scored(phase, chance.choice(teams), accuracy=chance.random())
        if chance.random() < 0.1:
            recompute(board())

        pieces = [(row.team, row.scores, row.entries, row.submission_id) for row in read().rows]
        whole = sorted(read_entries(board(), Split.ALL, {}).values(), key=best_first)

        assert pieces == [
            (e.mark.team, e.candidate.scores, e.mark.submissions, e.submission_id) for e in whole
        ]


def test_more_changed_entries_than_can_be_named_are_read_at_once(
    phase: Phase,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr("challenges.selectors.board_entries.MAX_NAMED", 2)
    for number in range(5):
        factories.make_scored(phase, accuracy=number / 10)
    leaderboard = board()

    with django_assert_max_num_queries(3):
        found = standing(leaderboard, Split.ALL)

    assert [row.scores["accuracy"] for row in found.rows] == [0.4, 0.3, 0.2, 0.1, 0.0]


def test_a_board_by_mean_rank_is_ranked_anew_with_every_score(tmp_path: Path) -> None:
    column = {"key": "accuracy", "title": "Accuracy", "better": "higher"}
    leaderboard = {"columns": [column], "order": {"by": "mean-rank"}}
    challenge = factories.make_challenge(tmp_path, factories.config(leaderboard=leaderboard))
    phase = factories.only_phase(challenge)
    owls, larks = (factories.make_team(challenge, name) for name in ("Owls", "Larks"))
    factories.make_scored(phase, owls, accuracy=0.5)
    factories.make_scored(phase, larks, accuracy=0.6)
    before = shown()

    factories.make_scored(phase, owls, accuracy=0.6)

    assert before == [(1, "Larks", 0.6), (2, "Owls", 0.5)]
    assert shown() == [(1, "Larks", 0.6), (1, "Owls", 0.6)]
