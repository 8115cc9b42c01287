"""A submission that is scored again: the board shows scores of the current truth only."""

from pathlib import Path

import pytest

from challenges.config import read_folder
from challenges.models import Leaderboard, Phase
from challenges.selectors.leaderboard import standing
from challenges.services.loading import load_challenge
from tests import factories

pytestmark = pytest.mark.django_db
OTHER_TRUTH = {"truth/rain.csv": b"id,rain\n1,1\n2,1\n3,1\n4,1\n"}


def rows(phase: Phase) -> list[tuple[int, str, float]]:
    board = Leaderboard.objects.select_related("phase__challenge__current").get(phase=phase)
    table = standing(board, board.splits[0]).rows
    return [(row.rank, row.team, row.scores["accuracy"]) for row in table]


@pytest.fixture
def phase(tmp_path: Path) -> Phase:
    return factories.only_phase(factories.make_challenge(tmp_path))


def change_truth(folder: Path) -> None:
    """Load another truth and queue everything again."""
    factories.write_folder(folder, files=OTHER_TRUTH)
    load_challenge(read_folder(folder), rescore=True)


def test_a_board_can_be_read_while_its_best_submission_waits_for_another_score(
    phase: Phase, tmp_path: Path
) -> None:
    ants = factories.make_scored(phase, factories.make_team(phase.challenge, "Ants"), accuracy=0.9)
    factories.make_scored(phase, factories.make_team(phase.challenge, "Bees"), accuracy=0.5)

    change_truth(tmp_path)
    waiting = rows(phase)
    factories.finish(ants, factories.scored({"accuracy": 0.7}))

    assert waiting == []  # no score of the old truth stands beside one of the new
    assert rows(phase) == [(1, "Ants", 0.7)]
    assert [e.status for e in ants.evaluations.order_by("queued_at")] == ["scored", "scored"]


def test_a_better_score_of_an_old_truth_does_not_stand_for_a_team(
    phase: Phase, tmp_path: Path
) -> None:
    ants = factories.make_team(phase.challenge, "Ants")
    bees = factories.make_team(phase.challenge, "Bees")
    first = factories.make_scored(phase, ants, accuracy=0.9)
    second = factories.make_scored(phase, ants, accuracy=0.4)
    other = factories.make_scored(phase, bees, accuracy=0.1)

    change_truth(tmp_path)
    for submission, accuracy in ((first, 0.2), (second, 0.3), (other, 0.6)):
        factories.finish(submission, factories.scored({"accuracy": accuracy}))

    assert rows(phase) == [(1, "Bees", 0.6), (2, "Ants", 0.3)]


def test_an_evaluation_says_under_which_scorer_and_truth_it_was_scored(
    phase: Phase, tmp_path: Path
) -> None:
    submission = factories.make_scored(phase)

    change_truth(tmp_path)
    factories.finish(submission, factories.scored({"accuracy": 0.7}))

    old, new = submission.evaluations.order_by("queued_at")
    assert old.scorer == new.scorer
    assert old.truth.digest != new.truth.digest
    assert [score.value for score in old.scores.all()] == [0.75]
    assert (old.is_current, new.is_current) == (False, True)
