"""Turns in the queue, worked by hand."""

from uuid import UUID

from challenges.fairness import Waiting, fair_order
from tests.factories import utc


def waiting(number: int, team: int, challenge: int = 1, *, rescore: bool = False) -> Waiting:
    return Waiting(UUID(int=number), 0, UUID(int=number), challenge, team, rescore)


def order(
    rows: list[Waiting],
    by_challenge: dict[int, int] | None = None,
    by_team: dict[int, int] | None = None,
) -> list[int]:
    turns = fair_order(rows, running_by_challenge=by_challenge or {}, running_by_team=by_team or {})
    return [row.evaluation_id.int for row in turns]


def test_a_teams_own_submissions_come_in_the_order_of_handing_in() -> None:
    assert order([waiting(1, 1), waiting(2, 1), waiting(3, 1)]) == [1, 2, 3]


def test_a_team_with_a_thousand_waiting_does_not_hold_up_one_with_a_single_one() -> None:
    rows = [*(waiting(n, 1) for n in range(1000)), waiting(5000, 2)]

    assert order(rows)[:3] == [0, 5000, 1]


def test_challenges_take_turns_whatever_the_number_of_their_teams() -> None:
    rows = [*(waiting(n, team=n, challenge=1) for n in range(1, 5)), waiting(9, 90, challenge=2)]

    assert order(rows) == [1, 9, 2, 3, 4]


def test_a_team_with_something_running_waits_for_one_without() -> None:
    rows = [waiting(1, 1), waiting(2, 2)]

    assert order(rows, by_team={1: 1}) == [2, 1]


def test_who_was_served_longest_ago_is_first() -> None:
    early, late = utc("2026-01-01T00:00"), utc("2026-01-02T00:00")
    rows = [
        Waiting(UUID(int=1), 0, UUID(int=1), 1, 1, is_rescore=False, team_served_at=late),
        Waiting(UUID(int=2), 0, UUID(int=2), 1, 2, is_rescore=False, team_served_at=early),
    ]

    assert order(rows) == [2, 1]


def test_re_scores_come_after_everything_live() -> None:
    rows = [waiting(1, 1, rescore=True), waiting(2, 2), waiting(3, 3)]

    assert order(rows) == [2, 3, 1]


def test_everything_gets_its_turn_once() -> None:
    rows = [waiting(n, team=n % 7, challenge=n % 3) for n in range(200)]

    assert sorted(order(rows)) == list(range(200))
