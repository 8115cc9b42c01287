"""Metrics that organisers write."""

from typing import Any

import pytest

from evaluator.inside.custom import CustomInvalid
from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case, store

SHARE_OF_BIG = '''
from limits import DEFAULT

def score(case, limit=DEFAULT):
    """Share of the elements above `limit` in the truth that the prediction has above it too."""
    found = wanted = 0
    for predicted, true, valid in case.blocks():
        is_big = true > limit
        wanted += int(is_big.sum())
        found += int((is_big & (predicted > limit)).sum())
    return found / wanted
'''


def own(**more: Any) -> dict[str, Any]:
    parameters = {"better": "higher", **more}
    return {"key": "share", "metric": "mine.py:score", "parameters": parameters}


def hand_in(places: Places, code: str, prediction: Any, truth: Any) -> None:
    store(places.program / "mine.py", code)
    store(places.program / "limits.py", "DEFAULT = 1.5")
    store(places.upload / "case-1.npy", prediction)
    store(places.truth / "case-1.npy", truth)


def test_a_function_of_the_organiser_scores_each_case(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, SHARE_OF_BIG, [1.0, 2.0, 0.0, 7.0], [2.0, 2.0, 1.0, 2.0])
    order([case(1, dtype="float")], own())

    report, result = finish()

    assert report.problems == ()
    assert result == {"scores": {"share": 2 / 3}, "cases": {"case-1": {"share": 2 / 3}}}


def test_its_parameters_are_arguments(places: Places, order: Any, finish: Any) -> None:
    hand_in(places, SHARE_OF_BIG, [1.0, 2.0, 0.0, 7.0], [2.0, 2.0, 1.0, 2.0])
    order([case(1, dtype="float")], own(limit=0.5))

    assert finish()[1]["scores"] == {"share": 3 / 4}


def test_readers_refuse_a_bad_prediction_before_the_function_sees_it(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, SHARE_OF_BIG, [1.0, float("nan")], [2.0, 2.0])
    order([case(1, dtype="float")], own())

    report, result = finish()

    assert [problem.code for problem in report.problems] == ["value-not-finite"]
    assert result is None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("def other(case): return 1", "no such function"),
        ("def score(case): return None", "returned NoneType"),
        ("def score(case): return True", "returned bool"),
        ("def score(case): return float('inf')", "returned inf"),
    ],
)
def test_a_function_that_gives_no_score_is_the_organisers_fault(
    code: str, sentence: str, places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, code, [1.0], [1.0])
    order([case(1, dtype="float")], own())

    with pytest.raises(CustomInvalid, match=sentence):
        finish()


def test_a_function_may_say_that_there_is_nothing_to_score(
    places: Places, order: Any, finish: Any
) -> None:
    code = (
        "from evaluator.metrics.errors import ScoreUndefined\n"
        "def score(case): raise ScoreUndefined('There is no cell in this case.')"
    )
    hand_in(places, code, [1.0], [1.0])
    order([case(1, dtype="float")], own())

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["label-absent"]
    assert "There is no cell in this case." in report.problems[0].message
