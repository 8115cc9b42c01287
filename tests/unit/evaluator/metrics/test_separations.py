"""Areas under curves: by hand, against scikit-learn, and where there is no value."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score

from evaluator.metrics import samples
from evaluator.metrics.comparison import Work
from evaluator.metrics.errors import ScoreUndefined, TruthUnfit, ValuesUnfit

TRUTH = [1, 1, 0, 1, 0]
GUESS = [0.9, 0.6, 0.6, 0.2, 0.1]
# Pairs in order: 2 + (1 and a tie) + 1 of 6. Precision at 0.9, 0.6, 0.2: 1, 2/3, 3/4; precision
# just above them: 1 (of nothing), 1, 2/3.


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("roc_auc", 4.5 / 6),
        ("average_precision", (1 + 2 / 3 + 3 / 4) / 3),
        ("pr_auc", ((1 + 1) / 2 + (1 + 2 / 3) / 2 + (2 / 3 + 3 / 4) / 2) / 3),
    ],
)
def test_an_area_is_what_it_is_by_hand(metric: str, expected: float, score: Any) -> None:
    assert score(metric, GUESS, TRUTH) == pytest.approx(expected, rel=1e-15)


def trapezoids(truth: np.ndarray, guess: np.ndarray) -> float:
    precision, recall, _ = precision_recall_curve(truth, guess)
    return float(auc(recall, precision))


REFERENCES: dict[str, Any] = {
    "roc_auc": roc_auc_score,
    "average_precision": average_precision_score,
    "pr_auc": trapezoids,
}
SCORES = st.floats(-1, 1, width=32) | st.sampled_from([0.0, -0.0, 0.25, 0.5, 1e30, -1e30])


@pytest.mark.parametrize("metric", REFERENCES)
@settings(max_examples=100, deadline=None)
@given(data=st.data(), size=st.integers(2, 40))
def test_an_area_equals_that_of_scikit_learn(
    metric: str, data: st.DataObject, size: int, score: Any
) -> None:
    truth = data.draw(arrays.arrays(np.int64, size, elements=st.integers(0, 1)))
    guess = data.draw(arrays.arrays(np.float64, size, elements=SCORES))
    assume(0 < truth.sum() < size)

    mine = score(metric, guess, truth)

    assert mine == pytest.approx(REFERENCES[metric](truth, guess), rel=1e-9, abs=1e-12)


def of_classes(seed: int, classes: int = 4, size: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities, many of them tied, and true classes, each of them there."""
    random = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), random.integers(0, classes, size - classes)])
    rows = random.integers(1, 5, (size, classes)) + 2.0 * (truth[:, None] == np.arange(classes))
    return rows / rows.sum(axis=1, keepdims=True), truth


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("how", ["ovr", "ovo"])
def test_areas_of_classes_equal_those_of_scikit_learn(how: str, seed: int, score: Any) -> None:
    rows, truth = of_classes(seed, classes=3 + seed % 3)

    mine = score(f"roc_auc_{how}", rows, truth)

    assert mine == pytest.approx(roc_auc_score(truth, rows, multi_class=how), rel=1e-12)


@pytest.mark.parametrize("metric", ["roc_auc_ovr", "roc_auc_ovo"])
def test_two_classes_are_told_apart_as_one_of_them_is(metric: str, score: Any) -> None:
    rows, truth = of_classes(3, classes=2)

    assert score(metric, rows, truth) == pytest.approx(score("roc_auc", rows[:, 1], truth))


@pytest.mark.parametrize("metric", ["roc_auc_ovr", "roc_auc_ovo"])
@pytest.mark.parametrize("memory_bytes", [1, 3 * 60 * 8 * 4])
def test_classes_are_read_in_turn_where_memory_is_short(
    metric: str, memory_bytes: int, score: Any
) -> None:
    rows, truth = of_classes(1)

    short = score(metric, rows, truth, work=Work(memory_bytes=memory_bytes))

    assert short == score(metric, rows, truth)


@pytest.mark.parametrize("metric", REFERENCES)
def test_threads_change_no_digit(metric: str, score: Any) -> None:
    random = np.random.default_rng(1)
    guess, truth = random.integers(0, 999, 5_000), random.integers(0, 2, 5_000)

    with ThreadPoolExecutor(2) as pool:
        side_by_side = score(metric, guess, truth, work=Work(2, pool.map))

    assert side_by_side == score(metric, guess, truth)


@pytest.mark.parametrize("metric", [*REFERENCES, "roc_auc_ovr", "roc_auc_ovo"])
def test_neither_shape_nor_order_nor_pieces_change_a_digit(metric: str, score: Any) -> None:
    rows, truth = of_classes(5)
    guess = rows if "_ov" in metric else rows[:, 1]
    order = np.random.default_rng(0).permutation(truth.size)
    expected = score(metric, guess, truth)

    moved = guess[order].reshape(3, 4, 5, *guess.shape[1:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples, "PIECE_ELEMENTS", 7)
        in_pieces = score(metric, np.asfortranarray(moved), truth[order].reshape(3, 4, 5))

    assert in_pieces == expected


@pytest.mark.parametrize("metric", [*REFERENCES, "roc_auc_ovr", "roc_auc_ovo"])
@pytest.mark.parametrize("dtype", ["i1", "u2", ">i4", "u8", "f2", ">f4", "f8"])
def test_the_type_of_the_numbers_changes_nothing(metric: str, dtype: str, score: Any) -> None:
    random = np.random.default_rng(2)
    truth = np.arange(40) % 3
    guess = random.integers(0, 9, (40, 3) if "_ov" in metric else 40)

    of_type = score(metric, guess.astype(dtype), truth.astype(dtype))

    assert of_type == score(metric, guess, truth)


@pytest.mark.parametrize("metric", REFERENCES)
def test_any_rising_function_of_the_scores_has_the_same_area(metric: str, score: Any) -> None:
    random = np.random.default_rng(9)
    guess, truth = random.normal(size=500), random.integers(0, 2, 500)

    assert score(metric, np.exp(guess), truth) == score(metric, guess, truth)


@pytest.mark.parametrize("metric", REFERENCES)
def test_the_positive_label_may_be_another(metric: str, score: Any) -> None:
    truth = np.array([3, 0, 7, 7, 1, 3])
    guess = np.array([0.1, 0.4, 0.7, 0.3, 0.3, 0.2])

    assert score(metric, guess, truth, label=7) == score(metric, guess, truth == 7)


@pytest.mark.parametrize("metric", REFERENCES)
def test_scores_that_are_all_the_same_tell_nothing(metric: str, score: Any) -> None:
    expected = {"roc_auc": 0.5, "average_precision": 0.25, "pr_auc": (0.25 + 1) / 2}

    assert score(metric, [0.3] * 8, [1, 1, 0, 0, 0, 0, 0, 0]) == expected[metric]


@pytest.mark.parametrize("metric", [*REFERENCES, "roc_auc_ovr", "roc_auc_ovo"])
def test_perfect_order_is_exactly_1(metric: str, score: Any) -> None:
    truth = np.arange(999) % 2
    guess = np.stack([1 - truth, truth], axis=-1) if "_ov" in metric else truth

    assert score(metric, guess, truth) == 1.0


@pytest.mark.parametrize(
    ("metric", "truth"),
    [("roc_auc", [0, 0]), ("roc_auc", [1, 1]), ("average_precision", [0, 0]), ("pr_auc", [0, 0])],
)
def test_a_truth_of_one_kind_is_no_score_unless_declared(
    metric: str, truth: list[int], score: Any
) -> None:
    with pytest.raises(ScoreUndefined, match="The ground truth"):
        score(metric, [0.1, 0.9], truth)
    assert score(metric, [0.1, 0.9], truth, absent="worst") == 0.0
    assert score(metric, [0.1, 0.9], truth, absent="best") == 1.0


@pytest.mark.parametrize("metric", ["average_precision", "pr_auc"])
def test_no_negatives_leave_precision_at_1(metric: str, score: Any) -> None:
    assert score(metric, [0.1, 0.9], [1, 1]) == 1.0


@pytest.mark.parametrize("metric", ["roc_auc_ovr", "roc_auc_ovo"])
def test_a_class_that_the_truth_lacks_counts_as_declared(metric: str, score: Any) -> None:
    rows, truth = of_classes(7, classes=3)
    wide = np.concatenate([rows, np.zeros((truth.size, 1))], axis=1)
    of_three = score(metric, rows, truth)
    # One class of four, or six of twelve ordered pairs, has no value of its own.
    share = 3 / 4 if metric == "roc_auc_ovr" else 6 / 12

    with pytest.raises(ScoreUndefined, match="lacks one of the classes"):
        score(metric, wide, truth)
    assert score(metric, wide, truth, absent="skip") == of_three
    assert score(metric, wide, truth, absent="worst") == pytest.approx(share * of_three)


@pytest.mark.parametrize("metric", ["roc_auc_ovr", "roc_auc_ovo"])
def test_one_class_alone_is_no_score(metric: str, score: Any) -> None:
    with pytest.raises(ScoreUndefined):
        score(metric, [[1.0], [1.0]], [0, 0], absent="skip")
    with pytest.raises(ScoreUndefined):
        score(metric, np.zeros((0, 2)), np.zeros(0, int), absent="skip")


@pytest.mark.parametrize("metric", ["roc_auc_ovr", "log_loss_multi"])
def test_labels_that_are_no_classes_are_refused(metric: str, score: Any) -> None:
    rows = [[0.5, 0.5], [0.5, 0.5]]

    with pytest.raises(ValuesUnfit, match="values for 2 classes, fewer than the ground truth"):
        score(metric, rows, [0, 2])
    with pytest.raises(TruthUnfit, match="a label below 0"):
        score(metric, rows, [0, -1])
    with pytest.raises(TruthUnfit, match="values that are no labels"):
        score(metric, rows, [0, 0.5])


@pytest.mark.parametrize("metric", REFERENCES)
def test_only_what_is_valid_is_scored(metric: str, score: Any) -> None:
    random = np.random.default_rng(7)
    guess, truth = random.normal(size=40), random.integers(0, 2, 40).astype(float)
    truth[:10], guess[:10] = np.nan, np.inf
    mask = np.arange(40) % 3

    masked = score(metric, guess, truth, masks_nan=True, auxiliary={"mask": mask})

    is_valid = (mask != 0) & (np.arange(40) >= 10)
    assert masked == score(metric, guess[is_valid], truth[is_valid])


@pytest.mark.parametrize("metric", ["roc_auc_ovr", "roc_auc_ovo"])
def test_classes_are_scored_only_where_they_are_valid(metric: str, score: Any) -> None:
    rows, truth = of_classes(8)
    mask = np.arange(truth.size) % 5 < 4
    spoilt = np.where(mask[:, None], rows, np.nan)

    masked = score(metric, spoilt, truth, auxiliary={"mask": mask})

    assert masked == score(metric, rows[mask], truth[mask])
    with pytest.raises(ValuesUnfit, match="NaN or infinity"):
        score(metric, spoilt, truth)
