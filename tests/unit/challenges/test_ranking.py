"""Order and ranks, worked by hand."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from challenges.config import Board
from challenges.ranking import Candidate, best, rank
from tests.factories import utc

MONDAY = utc("2026-03-02T12:00")


def board(*columns: tuple[str, str], by: str = "columns", digits: int = 3) -> Board:
    return Board.model_validate(
        {
            "columns": [
                {"key": key, "title": key, "better": better, "digits": digits}
                for key, better in columns
            ],
            "order": {"by": by},
        }
    )


def candidates(*rows: dict[str, float]) -> list[Candidate]:
    return [Candidate(n, row, MONDAY + timedelta(hours=n)) for n, row in enumerate(rows)]


def ranks(rows: list[Candidate], on: Board) -> list[tuple[int, int]]:
    return [(ranked.candidate.identity, ranked.rank) for ranked in rank(rows, on)]


def test_ties_share_a_rank_and_the_next_rank_is_left_out() -> None:
    rows = candidates({"a": 0.7}, {"a": 0.9}, {"a": 0.9}, {"a": 0.5})

    assert ranks(rows, board(("a", "higher"))) == [(1, 1), (2, 1), (0, 3), (3, 4)]


def test_where_lower_is_better_the_smallest_leads() -> None:
    rows = candidates({"a": 10.1}, {"a": 9.5}, {"a": -3.0}, {"a": 100.0})

    assert [identity for identity, _ in ranks(rows, board(("a", "lower")))] == [2, 1, 0, 3]


def test_a_second_column_decides_between_equals() -> None:
    rows = candidates({"a": 0.9, "b": 3.0}, {"a": 0.9, "b": 1.0}, {"a": 0.7, "b": 0.0})

    assert ranks(rows, board(("a", "higher"), ("b", "lower"))) == [(1, 1), (0, 2), (2, 3)]


def test_a_difference_that_the_board_does_not_show_is_no_rank() -> None:
    rows = candidates({"a": 0.90004}, {"a": 0.90001})

    assert ranks(rows, board(("a", "higher"))) == [(0, 1), (1, 1)]


def test_mean_rank_is_the_mean_of_the_ranks_of_each_column() -> None:
    # Worked by hand: ranks in a are 1, 1, 3, 4 and in b 4, 1, 2, 2; means 2.5, 1, 2.5, 3.
    rows = candidates(
        {"a": 0.9, "b": 3.0}, {"a": 0.9, "b": 1.0}, {"a": 0.7, "b": 2.0}, {"a": 0.5, "b": 2.0}
    )

    ordered = ranks(rows, board(("a", "higher"), ("b", "lower"), by="mean-rank"))

    assert ordered == [(1, 1), (0, 2), (2, 2), (3, 4)]


def test_median_rank_takes_the_middle() -> None:
    rows = candidates(
        {"a": 1.0, "b": 1.0, "c": 0.0},
        {"a": 0.5, "b": 0.5, "c": 1.0},
        {"a": 0.0, "b": 0.0, "c": 0.5},
    )
    on = board(("a", "higher"), ("b", "higher"), ("c", "higher"), by="median-rank")

    assert ranks(rows, on) == [(0, 1), (1, 2), (2, 3)]


def test_minus_zero_is_zero() -> None:
    assert ranks(candidates({"a": -0.0}, {"a": 0.0}), board(("a", "higher"))) == [(0, 1), (1, 1)]


def test_the_best_of_equals_is_the_earlier() -> None:
    rows = candidates({"a": 0.9}, {"a": 0.9}, {"a": 0.8})

    assert best(rows, board(("a", "higher"))).identity == 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.randoms())
def test_ranks_do_not_depend_on_the_order_of_the_rows(values: list[float], random: object) -> None:
    rows = candidates(*({"a": value} for value in values))
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' random

    assert ranks(shuffled, board(("a", "higher"))) == ranks(rows, board(("a", "higher")))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40))
def test_a_rank_is_the_number_of_better_rows_plus_one(values: list[int]) -> None:
    rows = candidates(*({"a": float(value)} for value in values))

    for ranked in rank(rows, board(("a", "higher"))):
        better = sum(value > ranked.candidate.scores["a"] for value in values)
        assert ranked.rank == better + 1
