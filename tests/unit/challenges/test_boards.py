"""The entries of a board follow from the scores, whatever the order of events."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from challenges.models import Entry, Leaderboard, Phase, Split, Submission
from challenges.selectors.leaderboard import standing
from challenges.services.boards import recompute
from challenges.services.submissions import Details, choose
from tests import factories

pytestmark = pytest.mark.django_db
COLUMN = {"key": "accuracy", "title": "Accuracy", "better": "higher", "digits": 3}


def make_phase(folder: Path, **board: Any) -> Phase:
    limits = {"per_day": 100, "total": 100, "in_flight": 100}
    leaderboard = {"columns": [COLUMN], **board}
    data = factories.config(leaderboard=leaderboard, limits=limits)
    return factories.only_phase(factories.make_challenge(folder, data))


def fresh_board(phase: Phase) -> Leaderboard:
    return Leaderboard.objects.select_related("phase__challenge__current").get(phase=phase)


def rows(phase: Phase, split: Split = Split.ALL) -> list[tuple[int, str, float]]:
    table = standing(fresh_board(phase), split).rows
    return [(row.rank, row.team, row.scores["accuracy"]) for row in table]


def test_the_best_submission_stands_for_a_team(tmp_path: Path) -> None:
    phase = make_phase(tmp_path)
    team = factories.make_team(phase.challenge, "Ants")

    for accuracy in (0.5, 0.9, 0.7):
        factories.make_scored(phase, team, accuracy=accuracy)

    assert rows(phase) == [(1, "Ants", 0.9)]
    assert Entry.objects.get().submissions == 3


def test_the_latest_submission_stands_where_the_phase_says_so(tmp_path: Path) -> None:
    phase = make_phase(tmp_path, entry="latest")
    team = factories.make_team(phase.challenge, "Ants")

    for accuracy in (0.5, 0.9, 0.7):
        factories.make_scored(phase, team, accuracy=accuracy)

    assert rows(phase) == [(1, "Ants", 0.7)]


def test_a_chosen_submission_stands_until_another_is_chosen(tmp_path: Path) -> None:
    phase = make_phase(tmp_path, entry="chosen")
    team = factories.make_team(phase.challenge, "Ants")
    submissions = [factories.make_scored(phase, team, accuracy=a) for a in (0.5, 0.9)]

    choose(submission=submissions[0])
    first = rows(phase)
    choose(submission=submissions[1])

    assert (first, rows(phase)) == ([(1, "Ants", 0.5)], [(1, "Ants", 0.9)])


def test_each_method_of_a_team_has_a_row_where_the_board_is_per_method(tmp_path: Path) -> None:
    phase = make_phase(tmp_path, per="method")
    team = factories.make_team(phase.challenge, "Ants")

    for method, accuracy in (("forest", 0.8), ("net", 0.9), ("forest", 0.7)):
        factories.make_scored(phase, team, accuracy=accuracy, details=Details(method=method))

    table = standing(fresh_board(phase), Split.ALL).rows
    assert [(row.method, row.entries) for row in table] == [("net", 1), ("forest", 2)]


def test_a_score_of_zero_stands_on_the_board(tmp_path: Path) -> None:
    phase = make_phase(tmp_path)

    factories.make_scored(phase, accuracy=0.0)

    assert [score for _, _, score in rows(phase)] == [0.0]


def test_a_submission_that_was_not_scored_has_no_place(tmp_path: Path) -> None:
    phase = make_phase(tmp_path)

    factories.finish(factories.make_submission(phase), factories.rejected())
    factories.finish(factories.make_submission(phase), factories.failed())
    factories.make_submission(phase)

    assert rows(phase) == []


def test_a_queued_re_evaluation_leaves_the_board_as_it_is(tmp_path: Path) -> None:
    phase = make_phase(tmp_path)
    factories.make_scored(phase, accuracy=0.9)
    queued = factories.make_submission(phase)

    assert len(rows(phase)) == 1
    assert queued.status == "queued"


def test_boards_do_not_depend_on_the_order_in_which_scores_arrive(tmp_path: Path) -> None:
    phase = make_phase(tmp_path)
    teams = [factories.make_team(phase.challenge, name) for name in ("Ants", "Bees", "Cats")]
    start = timezone.now()
    submissions = []
    for n in range(12):
        submission = factories.make_submission(phase, teams[n % 3])
        Submission.objects.filter(pk=submission.pk).update(
            submitted_at=start + timedelta(seconds=n)
        )
        submissions.append((submission, round(0.5 + (n * 7 % 5) / 10, 1)))
    random.Random(4).shuffle(submissions)

    for submission, accuracy in submissions:
        factories.finish(submission, factories.scored({"accuracy": accuracy}))
    incremental = list(Entry.objects.order_by("team").values("team", "submission", "submissions"))
    recompute(fresh_board(phase))

    again = list(Entry.objects.order_by("team").values("team", "submission", "submissions"))
    assert again == incremental


def test_a_split_board_ranks_both_sides_apart(tmp_path: Path) -> None:
    data = factories.config(
        submission={
            "cases": [
                {
                    "id": "s-{1..4}",
                    "path": "{id}.csv",
                    "dtype": "integer",
                    "column": "rain",
                    "index": "id",
                }
            ]
        },
        leaderboard={"columns": [COLUMN], "split": {"public": "s-[12]"}},
    )
    truth = {f"truth/s-{n}.csv": factories.TRUTH for n in range(1, 5)}
    phase = factories.only_phase(factories.make_challenge(tmp_path, data, truth))
    ants, bees = (factories.make_team(phase.challenge, name) for name in ("Ants", "Bees"))
    for team, per_case in ((ants, (1.0, 0.8, 0.2, 0.2)), (bees, (0.4, 0.4, 0.9, 0.7))):
        cases = {f"s-{n}": {"accuracy": value} for n, value in enumerate(per_case, 1)}
        outcome = factories.scored({"accuracy": sum(per_case) / 4}, cases)
        factories.finish(factories.make_submission(phase, team), outcome)

    public, private = rows(phase, Split.PUBLIC), rows(phase, Split.PRIVATE)

    assert public == [(1, "Ants", 0.9), (2, "Bees", 0.4)]
    assert private == [(1, "Bees", 0.8), (2, "Ants", 0.2)]


def test_a_split_board_needs_a_score_of_every_case(tmp_path: Path) -> None:
    data = factories.config(
        scoring={"program": {"command": ["python", "score.py"], "keys": ["accuracy"]}},
        submission={},
        leaderboard={"columns": [COLUMN], "split": {"public": "s-1"}},
    )
    data["phases"][0]["submission"] = {
        "cases": [{"id": "s-{1..2}", "path": "{id}.npy", "dtype": "integer"}]
    }
    files = {"truth/s-1.npy": b"1", "truth/s-2.npy": b"2", "scoring/score.py": b"pass"}
    phase = factories.only_phase(factories.make_challenge(tmp_path, data, files))

    submission = factories.finish(
        factories.make_submission(phase), factories.scored({"accuracy": 1.0})
    )

    evaluation = submission.evaluations.get()
    assert (evaluation.status, evaluation.code) == ("failed", "score-missing")


def test_an_unchanged_board_is_read_without_a_query(
    tmp_path: Path, django_assert_num_queries: Any
) -> None:
    phase = make_phase(tmp_path)
    factories.make_scored(phase)
    board = fresh_board(phase)
    standing(board, Split.ALL)

    with django_assert_num_queries(0):
        standing(board, Split.ALL)


def test_fifty_teams_are_ranked_in_two_queries(
    tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    phase = make_phase(tmp_path)
    for n in range(50):
        factories.make_scored(phase, accuracy=n / 50)
    board = fresh_board(phase)

    with django_assert_max_num_queries(2):
        assert len(standing(board, Split.ALL).rows) == 50


def test_scores_are_ordered_as_numbers(tmp_path: Path) -> None:
    phase = make_phase(tmp_path)

    for accuracy in (9.5, 100.0, 10.1, 9e-05):
        factories.make_scored(phase, accuracy=accuracy)

    assert [score for _, _, score in rows(phase)] == [100.0, 10.1, 9.5, 0.0]
