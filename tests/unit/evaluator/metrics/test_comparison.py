"""Which elements of a case are scored."""

from typing import Any

import numpy as np
import pytest

from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.catalogue.info import Input
from evaluator.metrics.errors import NotFinite, TruthUnfit
from evaluator.plans import Aggregate
from tests.unit.evaluator.metrics.conftest import comparison

TRUTH = np.arange(24.0).reshape(2, 3, 4)


def valid_of(truth: Any, **context: Any) -> Any:
    ((_, _, valid),) = comparison(np.zeros_like(truth), truth, **context).blocks()
    return valid


def test_everything_is_scored_where_nothing_is_declared() -> None:
    assert valid_of(TRUTH) is None


def test_a_mask_leaves_out_where_it_is_0() -> None:
    mask = np.ones_like(TRUTH)
    mask[0, 1] = 0

    assert (valid_of(TRUTH, auxiliary={"mask": mask}) == (mask != 0)).all()


def test_a_mask_without_the_first_axis_holds_for_all_of_it() -> None:
    land = np.array([[1, 0, 0, 1]] * 3)

    valid = valid_of(TRUTH, auxiliary={"mask": land})

    assert valid.shape == TRUTH.shape
    assert (valid == (land != 0)).all()


@pytest.mark.parametrize("shape", [(2, 3), (1, 3, 4), (5, 2, 3, 4)])
def test_a_mask_of_another_shape_is_the_organisers_fault(shape: tuple[int, ...]) -> None:
    with pytest.raises(TruthUnfit, match="and a mask of"):
        valid_of(TRUTH, auxiliary={"mask": np.ones(shape)})


def test_nan_in_the_truth_is_left_out_only_where_that_is_declared() -> None:
    holes = TRUTH.copy()
    holes[1, 2, 3] = np.nan

    assert np.count_nonzero(~valid_of(holes, masks_nan=True)) == 1
    with pytest.raises(TruthUnfit, match="not finite"):
        valid_of(holes)


def test_infinity_in_the_truth_is_never_left_out() -> None:
    holes = TRUTH.copy()
    holes[1, 2, 3] = np.inf

    with pytest.raises(TruthUnfit, match="not finite"):
        valid_of(holes, masks_nan=True)


def test_a_prediction_may_be_nan_only_where_it_is_not_scored() -> None:
    holes = TRUTH.copy()
    holes[0, 0, 0] = np.nan

    assert len(list(comparison(holes, holes, masks_nan=True).blocks())) == 1
    with pytest.raises(NotFinite, match="in 1 of 24 places"):
        list(comparison(holes, TRUTH).blocks())


def test_a_metric_that_pools_counts_can_count_a_missing_case() -> None:
    pooling = {Aggregate.POOLED, Aggregate.GROUPS}

    for info in CATALOGUE.values():
        if info.input is Input.WHOLE and pooling & set(info.aggregates):
            assert info.takes_missing, info.name
