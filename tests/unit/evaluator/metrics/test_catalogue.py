import subprocess
import sys
from typing import Any

import pytest

from evaluator.metrics.catalogue import BUILT_IN, CATALOGUE, find
from evaluator.metrics.catalogue.info import Direction, MetricInfo
from evaluator.metrics.errors import LabelAbsent, ScoreUndefined
from evaluator.metrics.numbers import ErrorSums, rmse
from evaluator.metrics.registry import aggregated, code_of, score_of
from evaluator.metrics.tallies import Settings, pooled
from evaluator.plans import Aggregate


def test_the_catalogue_loads_without_numpy() -> None:
    code = "import evaluator.metrics.catalogue, sys; sys.exit('numpy' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0


def loads_the_compiler(infos: list[MetricInfo]) -> bool:
    modules = sorted({f"evaluator.metrics.{info.code.partition(':')[0]}" for info in infos})
    code = f"import {', '.join(modules)}, sys; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    return done.stdout == "True\n"


COMPILED = {info.code: info for info in CATALOGUE.values() if info.is_compiled}


def test_the_code_of_metrics_that_are_not_compiled_does_not_load_the_compiler() -> None:
    assert not loads_the_compiler([info for info in CATALOGUE.values() if not info.is_compiled])


@pytest.mark.parametrize("module", sorted({code.partition(":")[0] for code in COMPILED}))
def test_the_code_of_compiled_metrics_loads_the_compiler(module: str) -> None:
    infos = [info for code, info in COMPILED.items() if code.startswith(f"{module}:")]

    assert loads_the_compiler(infos)


def test_no_two_metrics_have_one_name() -> None:
    assert len(CATALOGUE) == len(BUILT_IN)


def test_each_metric_of_the_catalogue_has_its_code() -> None:
    assert all(callable(code_of(info)) for info in CATALOGUE.values())
    assert all(info.name == name for name, info in CATALOGUE.items())


@pytest.mark.parametrize("info", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_the_worst_value_is_the_end_that_the_direction_says(info: Any) -> None:
    end = info.lower if info.direction is Direction.HIGHER else info.upper

    assert info.worst == end
    assert info.formula
    assert info.source.endswith(".")


def test_an_unknown_metric_gets_a_suggestion() -> None:
    with pytest.raises(ValueError, match="unknown metric 'iuo', did you mean 'iou'"):
        find("iuo")


@pytest.mark.parametrize(
    ("metric", "parameters", "sentence"),
    [
        ("f1", {"avrage": "macro"}, "f1 has no parameter 'avrage', did you mean 'average'"),
        ("accuracy", {"label": 1}, "accuracy has no parameter 'label'"),
        ("f1", {"average": "samples"}, "average is 'samples'; write one of macro, micro, binary"),
        ("dice", {"label": 1.5}, "label is 1.5; write a label"),
        ("dice", {"label": True}, "label is True; write a label"),
        ("dice", {"absent": "skip"}, "absent is 'skip'; write one of reject, best, worst"),
        ("object_f1", {"threshold": 0.04}, "threshold is 0.04; write a number from 0.05 to 0.999"),
        ("object_f1", {"threshold": "0.5"}, "threshold is '0.5'; write a number"),
        ("object_f1", {"threshold": float("nan")}, "threshold is nan; write a number"),
        ("rmse", {"worst": -1}, "worst is -1; write a number from 0 to"),
        ("rmse", {"worst": float("inf")}, "worst is inf; write a number from 0 to"),
        ("rmse", {"worst": True}, "worst is True; write a number"),
    ],
)
def test_a_parameter_that_may_not_be_is_told_with_the_way_out(
    metric: str, parameters: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        CATALOGUE[metric].check_parameters(parameters)


def test_defaults_stand_in_for_parameters_left_out() -> None:
    assert CATALOGUE["f1"].settled({"label": "cat"}) == {
        "average": "macro",
        "label": "cat",
        "absent": "reject",
    }
    assert CATALOGUE["object_f1"].settled({})["threshold"] == 0.5


def test_errors_have_a_worst_score_only_when_one_is_declared() -> None:
    assert CATALOGUE["rmse"].worst_score({}) is None
    assert CATALOGUE["rmse"].worst_score({"worst": 3}) == 3.0
    assert CATALOGUE["dice"].worst_score({}) == 0.0


@pytest.mark.parametrize(("absent", "score"), [("best", 1.0), ("worst", 0.0)])
def test_a_score_that_is_undefined_becomes_what_is_declared(
    absent: str, score: float, count: Any
) -> None:
    tally = count("dice", [0], [0])

    assert score_of(tally, CATALOGUE["dice"], Settings({"absent": absent})) == score


def test_a_score_that_is_undefined_stays_so_when_nothing_is_declared(count: Any) -> None:
    with pytest.raises(LabelAbsent):
        score_of(count("dice", [0], [0]), CATALOGUE["dice"], Settings({"absent": "reject"}))
    with pytest.raises(ScoreUndefined):
        score_of(count("accuracy", [], []), CATALOGUE["accuracy"], Settings())


def test_scores_are_aggregated_as_named() -> None:
    scores = [0.1, 0.4, 0.3, 1.0]

    assert aggregated(Aggregate.MEAN, scores) == pytest.approx(0.45, rel=1e-15)
    assert aggregated(Aggregate.MEDIAN, scores) == pytest.approx(0.35, rel=1e-15)
    assert aggregated(Aggregate.MIN, scores) == 0.1
    assert aggregated(Aggregate.MAX, scores) == 1.0


def test_scores_cannot_be_pooled() -> None:
    with pytest.raises(ValueError, match="counts are pooled"):
        aggregated(Aggregate.POOLED, [0.5])


def test_the_mean_does_not_depend_on_the_order_of_cases() -> None:
    scores = [0.1, 1e16, -1e16, 0.2]

    assert aggregated(Aggregate.MEAN, scores) == aggregated(Aggregate.MEAN, scores[::-1])


def test_errors_of_a_missed_case_count_each_element_with_the_worst() -> None:
    right = ErrorSums(elements=1)
    settings = Settings()

    both = pooled([rmse(sums, settings) for sums in (right, ErrorSums.missed(3, 2.0))])

    assert both.score() == pytest.approx((12 / 4) ** 0.5, rel=1e-15)
