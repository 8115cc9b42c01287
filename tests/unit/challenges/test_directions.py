"""Whichever end of a column leads, a team's best entry and the board's first row agree."""

from pathlib import Path

import pytest

from challenges.models import Entry, Leaderboard
from challenges.selectors.leaderboard import standing
from tests import factories

pytestmark = pytest.mark.django_db
SCORES = {"Ants": (5.0, 100.0, 7.0), "Bees": (30.0, 10.0), "Cats": (0.0, 2.0)}


@pytest.mark.parametrize(
    ("better", "best", "order"),
    [
        ("higher", {"Ants": 100.0, "Bees": 30.0, "Cats": 2.0}, ["Ants", "Bees", "Cats"]),
        ("lower", {"Ants": 5.0, "Bees": 10.0, "Cats": 0.0}, ["Cats", "Ants", "Bees"]),
    ],
)
def test_the_best_of_a_team_and_the_first_of_a_board_are_the_same_end(
    tmp_path: Path, better: str, best: dict[str, float], order: list[str]
) -> None:
    column = {"key": "accuracy", "title": "Lines", "better": better, "digits": 0}
    phase = factories.only_phase(
        factories.make_challenge(tmp_path, factories.config(leaderboard={"columns": [column]}))
    )
    for name, scores in SCORES.items():
        team = factories.make_team(phase.challenge, name)
        for score in scores:
            factories.make_scored(phase, team, accuracy=score)

    board = Leaderboard.objects.select_related("phase__challenge__current").get()
    rows = standing(board, board.splits[0]).rows

    assert [row.team for row in rows] == order
    assert {row.team: row.scores["accuracy"] for row in rows} == best
    assert [row.rank for row in rows] == [1, 2, 3]
    assert Entry.objects.count() == 3
