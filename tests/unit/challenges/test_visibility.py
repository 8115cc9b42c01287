"""Who sees which scores, and when."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from challenges.config import Board
from challenges.models import Phase, Split, Submission
from challenges.selectors.submissions import result_of, viewer_of, with_results
from challenges.visibility import Viewer, visible_splits
from tests import factories

CLOSES = factories.utc("2026-06-01T00:00")
SECOND = timedelta(seconds=1)
STRANGER = Viewer(is_organiser=False, team_id=None)
ORGANISER = Viewer(is_organiser=True, team_id=None)
COLUMN = {"key": "accuracy", "title": "Accuracy", "better": "higher", "digits": 2}


def board(show: str, *, split: bool = False) -> Board:
    data: dict[str, Any] = {"columns": [COLUMN], "show": show}
    return Board.model_validate(data | ({"split": {"public": "a-*"}} if split else {}))


@pytest.mark.parametrize(
    ("show", "split", "before", "after"),
    [
        ("live", False, (Split.ALL,), (Split.ALL,)),
        ("at-close", False, (), (Split.ALL,)),
        ("hidden", False, (), ()),
        ("improvements-only", False, (Split.ALL,), (Split.ALL,)),
        ("live", True, (Split.PUBLIC,), (Split.PRIVATE, Split.PUBLIC)),
        ("at-close", True, (), (Split.PRIVATE, Split.PUBLIC)),
    ],
)
def test_what_the_public_sees_changes_in_the_second_of_closing(
    show: str, split: bool, before: tuple[Split, ...], after: tuple[Split, ...]
) -> None:
    def seen(now: Any) -> tuple[Split, ...]:
        return visible_splits(board(show, split=split), closes_at=CLOSES, now=now, viewer=STRANGER)

    assert (seen(CLOSES - SECOND), seen(CLOSES)) == (before, after)


@pytest.mark.parametrize("show", ["live", "at-close", "hidden", "improvements-only"])
def test_organisers_see_every_side_at_any_time(show: str) -> None:
    sides = visible_splits(
        board(show, split=True), closes_at=CLOSES, now=CLOSES - SECOND, viewer=ORGANISER
    )

    assert set(sides) == {Split.PUBLIC, Split.PRIVATE}


def scores(submission: Submission, viewer: Viewer) -> dict[str, float] | None:
    loaded = with_results(Submission.objects.filter(pk=submission.pk)).get()
    result = result_of(loaded, viewer)
    return None if result.split is None else dict(result.tasks[0].scores)


def phase_with(folder: Path, **changes: Any) -> Phase:
    return factories.only_phase(factories.make_challenge(folder, factories.config(**changes)))


@pytest.mark.django_db
def test_a_team_sees_its_own_scores_and_nobody_elses(tmp_path: Path) -> None:
    phase = phase_with(tmp_path)
    submission = factories.make_scored(phase, accuracy=0.12345)
    other = factories.make_team(phase.challenge)

    own = scores(submission, Viewer(is_organiser=False, team_id=submission.team_id))
    foreign = scores(submission, Viewer(is_organiser=False, team_id=other.pk))

    assert own == {"accuracy": 0.123}
    assert foreign is None


@pytest.mark.django_db
def test_scores_on_a_hidden_board_stay_hidden_from_their_own_team(tmp_path: Path) -> None:
    boards = [
        {"slug": "open", "columns": [COLUMN]},
        {"slug": "secret", "columns": [{**COLUMN, "key": "f1"}], "show": "hidden"},
    ]
    metrics = [{"key": "accuracy", "metric": "accuracy"}, {"key": "f1", "metric": "f1"}]
    data = factories.config(scoring={"metrics": metrics}, leaderboards=boards)
    del data["phases"][0]["leaderboard"]
    phase = factories.only_phase(factories.make_challenge(tmp_path, data))
    outcome = factories.scored({"accuracy": 0.5, "f1": 0.25}, {"stations": {"f1": 0.25}})
    submission = factories.finish(factories.make_submission(phase), outcome)
    viewer = Viewer(is_organiser=False, team_id=submission.team_id)

    result = result_of(with_results(Submission.objects.all()).get(), viewer)

    assert dict(result.tasks[0].scores) == {"accuracy": 0.5}
    assert result.tasks[0].cases == ()


@pytest.mark.django_db
def test_where_only_improvements_show_a_worse_score_stays_unknown(tmp_path: Path) -> None:
    phase = phase_with(tmp_path, leaderboard={"columns": [COLUMN], "show": "improvements-only"})
    team = factories.make_team(phase.challenge)
    first, worse, better = (
        factories.make_scored(phase, team, accuracy=accuracy) for accuracy in (0.5, 0.4, 0.6)
    )
    viewer = Viewer(is_organiser=False, team_id=team.pk)

    seen = [scores(submission, viewer) for submission in (first, worse, better)]

    assert seen == [{"accuracy": 0.5}, None, {"accuracy": 0.6}]


@pytest.mark.django_db
def test_private_cases_stay_hidden_until_the_phase_has_closed(tmp_path: Path) -> None:
    case = {"path": "{id}.csv", "dtype": "integer", "column": "rain", "index": "id"}
    data = factories.config(
        submission={"cases": [{"id": "{a,b}", **case}]},
        leaderboard={"columns": [COLUMN], "split": {"public": "a"}},
    )
    truth = {"truth/a.csv": factories.TRUTH, "truth/b.csv": factories.TRUTH}
    phase = factories.only_phase(factories.make_challenge(tmp_path, data, truth))
    outcome = factories.scored({"accuracy": 0.5}, {"a": {"accuracy": 1.0}, "b": {"accuracy": 0.0}})
    submission = factories.finish(factories.make_submission(phase), outcome)
    viewer = Viewer(is_organiser=False, team_id=submission.team_id)
    loaded = with_results(Submission.objects.all()).get()

    before = result_of(loaded, viewer, now=phase.closes_at - SECOND).tasks[0]
    after = result_of(loaded, viewer, now=phase.closes_at).tasks[0]

    assert (before.scores, before.cases) == ({"accuracy": 1.0}, (("a", {"accuracy": 1.0}),))
    assert after.scores == {"accuracy": 0.0}
    assert [name for name, _ in after.cases] == ["a", "b"]


@pytest.mark.django_db
def test_a_viewer_is_known_by_team_and_by_verified_address(tmp_path: Path) -> None:
    ada = factories.make_user("ada@example.org")
    challenge = factories.make_challenge(tmp_path)
    membership = factories.make_membership(challenge)

    assert viewer_of(challenge, ada) == ORGANISER
    assert viewer_of(challenge, membership.user).team_id == membership.team_id
    assert viewer_of(challenge, None) == STRANGER
