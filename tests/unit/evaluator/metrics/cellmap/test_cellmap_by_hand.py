"""The score of objects against numbers worked out by hand."""

import math
from typing import Any

import numpy as np
import pytest

from evaluator.metrics.cellmap.tallies import Counts
from evaluator.metrics.comparison import Work
from evaluator.metrics.errors import NotFinite, TruthUnfit, ValuesUnfit
from tests.unit.evaluator.metrics.cellmap.cases import PEER, case_of, instance, instances, line

DIAGONAL = math.sqrt(3)
CAP = 6.0  # half of the 12 elements of `line`


def worth(distance: float) -> float:
    """Return what a distance is worth at unit spacing."""
    return float(1.01 ** (-float(np.float32(distance)) / DIAGONAL))


def approx(tp: int, fp: int, fn: int, *distances: float) -> Counts:
    worths: Any = pytest.approx(sum(map(worth, distances)), rel=1e-15)
    return Counts(tp, fp, fn, worths, len(distances))


@pytest.mark.parametrize("profile", ["clean", PEER])
class TestBothProfiles:
    def test_the_truth_itself_has_the_best_score(self, profile: str) -> None:
        truth = line(1, 1, 0, 2, 2, 0, 7)

        counts = instances(truth, truth, profile=profile)

        assert counts == approx(3, 0, 0, 0, 0, 0)

    def test_a_shifted_object_is_as_far_as_its_shift(self, profile: str) -> None:
        counts = instances(line(0, 0, 3, 3, 3), line(1, 1, 1), profile=profile)

        assert counts == approx(1, 0, 0, 2)

    def test_distances_are_in_the_unit_of_the_spacing(self, profile: str) -> None:
        spacing = (8.0, 8.0, 3.0)

        counts = instances(line(0, 0, 3, 3, 3), line(1, 1, 1), profile=profile, spacing=spacing)

        assert counts.worths == pytest.approx(1.01 ** (-6 / math.sqrt(8 * 8 * 2 + 9)), rel=1e-7)

    def test_the_deepest_element_of_a_ball_is_the_farthest_from_its_shell(
        self, profile: str
    ) -> None:
        ball = np.zeros((12, 12, 12), np.uint8)
        ball[3:8, 3:8, 3:8] = 1
        shell = ball.copy()
        shell[4:7, 4:7, 4:7] = 0

        assert instances(shell, ball, profile=profile) == approx(1, 0, 0, 2)
        assert instances(ball, shell, profile=profile) == approx(1, 0, 0, 2)

    def test_distances_end_at_half_the_shortest_side(self, profile: str) -> None:
        truth, guess = line(1), line(1, 1, 1, 1, 1, 1, 1, 1, 1)  # 8 elements away

        assert instances(guess, truth, profile=profile) == approx(1, 0, 0, CAP)

    def test_missed_objects_and_spare_components_have_the_largest_distance(
        self, profile: str
    ) -> None:
        counts = instances(line(0, 0, 5), line(9), profile=profile)

        assert counts == approx(0, 1, 1, CAP, CAP)

    def test_one_label_in_two_places_is_two_components(self, profile: str) -> None:
        counts = instances(line(4, 4, 0, 4), line(8, 8), profile=profile)

        assert counts == approx(1, 1, 0, 0, CAP)

    def test_elements_that_meet_in_a_corner_are_one_component(self, profile: str) -> None:
        guess = np.zeros((4, 4, 4), np.uint8)
        guess[0, 0, 0] = guess[1, 1, 1] = guess[2, 0, 2] = 3

        assert instances(guess, guess, profile=profile).tp == 1

    def test_touching_components_of_two_labels_stay_two(self, profile: str) -> None:
        assert instances(line(1, 1, 2, 2), line(1, 1, 2, 2), profile=profile).tp == 2

    def test_matches_have_the_greatest_sum_of_overlaps(self, profile: str) -> None:
        # The best partner of either object is the first component: IoU 3/4 with 1, 4/10 with 2.
        truth = line(1, 1, 1, 2, 2, 2, 2, 2, 2)
        guess = line(1, 1, 1, 1, 2)

        counts = instances(guess, truth, profile=profile)

        assert (counts.tp, counts.fp, counts.fn) == (2, 0, 0)

    def test_one_element_in_common_is_a_match(self, profile: str) -> None:
        counts = instances(line(0, 0, 0, 1, 1, 1), line(1, 1, 1, 1), profile=profile)

        assert counts == approx(1, 0, 0, 3)

    def test_an_empty_prediction_misses_each_object(self, profile: str) -> None:
        counts = instances(line(), line(1, 0, 2), profile=profile)

        assert counts == approx(0, 0, 2, CAP, CAP)

    def test_an_empty_truth_makes_each_component_a_spare_one(self, profile: str) -> None:
        counts = instances(line(1, 0, 2), line(), profile=profile)

        assert counts == approx(0, 2, 0, CAP, CAP)

    def test_nothing_at_all_counts_nothing_and_is_perfect(self, profile: str) -> None:
        case = case_of(line(), line())

        scores = [
            instance(case, profile=profile, part=part).score()
            for part in ("combined", "f1", "hausdorff")
        ]

        assert instances(line(), line(), profile=profile) == Counts()
        assert scores == [1.0, 1.0, 1.0]

    def test_a_missing_prediction_misses_each_object_at_no_worth(self, profile: str) -> None:
        counts = instances(None, line(1, 0, 2, 0, 2), profile=profile)

        assert counts == Counts(fn=2, distances=2)

    def test_what_the_mask_leaves_out_is_background(self, profile: str) -> None:
        mask = line(1, 1, 1, 1, 0, 0, 0)

        counts = instances(
            line(1, 1, 0, 0, 3, 3, 3),
            line(1, 1, 0, 0, 0, 5),
            profile=profile,
            auxiliary={"mask": mask},
        )

        assert counts == approx(1, 0, 0, 0)

    def test_labels_may_be_as_large_as_they_come(self, profile: str) -> None:
        guess, truth = line(1, 1, 0, 2, 2), line(1, 1, 0, 2, 2).astype(np.uint64)
        truth[truth > 0] += np.uint64(2**64 - 3)

        assert instances(guess, truth, profile=profile) == approx(2, 0, 0, 0, 0)
        assert instances(truth, guess, profile=profile) == approx(2, 0, 0, 0, 0)

    def test_labels_below_zero_are_labels_in_a_prediction(self, profile: str) -> None:
        guess = line(1, 1, 0, 2).astype(np.int16)
        guess[guess == 2] = -2

        assert instances(guess, line(1, 1, 0, 2), profile=profile).tp == 2

    def test_labels_below_zero_are_no_truth(self, profile: str) -> None:
        with pytest.raises(TruthUnfit, match="below 0"):
            instances(line(1), line(1).astype(np.int8) * -1, profile=profile)

    def test_whole_numbers_may_be_floats(self, profile: str) -> None:
        guess, truth = line(1, 1, 0, 2), line(1, 1, 0, 2)

        counts = instances(guess.astype(np.float32), truth.astype(np.float64), profile=profile)

        assert counts == instances(guess, truth, profile=profile)

    def test_planes_and_rows_are_volumes_too(self, profile: str) -> None:
        truth = np.zeros((20, 20), np.uint8)
        truth[3:6, 3:6] = 1
        guess = np.roll(truth, (0, 2), (0, 1))

        plane = instances(guess, truth, profile=profile, spacing=(2.0, 3.0))
        row = instances(guess[4], truth[4], profile=profile, spacing=(3.0,))

        assert plane.worths == pytest.approx(1.01 ** (-6 / math.sqrt(13)), rel=1e-7)
        assert row.worths == pytest.approx(1.01 ** (-2), rel=1e-7)

    def test_four_axes_are_too_many(self, profile: str) -> None:
        with pytest.raises(TruthUnfit, match="has 4 axes"):
            instances(np.ones((1, 1, 1, 1)), np.ones((1, 1, 1, 1)), profile=profile)

    def test_an_axis_that_is_too_long_is_refused(self, profile: str) -> None:
        long = np.zeros(2**16, np.uint8)

        with pytest.raises(TruthUnfit, match="an axis of 65536"):
            instances(long, long, profile=profile)


def test_the_parts_are_f1_the_mean_worth_and_their_geometric_mean() -> None:
    case = case_of(line(1, 1, 0, 4), line(1, 1))
    nearness = (1 + worth(CAP)) / 2

    assert instance(case, part="f1").score() == 2 / 3
    assert instance(case, part="hausdorff").score() == pytest.approx(nearness, rel=1e-15)
    combined = instance(case, part="combined").score()
    assert combined == pytest.approx(math.sqrt(2 / 3 * nearness), rel=1e-15)


def test_cases_are_pooled_before_the_formula() -> None:
    good = instance(case_of(line(1), line(1)))
    missing = instance(case_of(None, line(1, 0, 2)))

    assert (good + missing).score() == pytest.approx(math.sqrt(2 / 4 * 1 / 3), rel=1e-15)


def test_a_minimum_iou_keeps_weak_matches_out() -> None:
    truth, guess = line(1, 1, 1), line(0, 1, 1, 1)  # IoU 2/4

    assert instances(guess, truth, minimum_iou=0.5) == approx(1, 0, 0, 1)
    assert instances(guess, truth, minimum_iou=0.51) == approx(0, 1, 1, CAP, CAP)


def test_a_spare_component_stands_for_its_namesake_only_in_the_eyes_of_the_peer() -> None:
    # Component 1 overlaps nothing, but its number is the label of the first object; component 2
    # is matched with the second one. Object 1 is missed: 6 elements from component 1, or the cap.
    truth = line(0, 0, 0, 0, 1, 0, 2)
    guess = line(1, 0, 0, 0, 0, 0, 2)

    assert instances(guess, truth) == approx(1, 1, 1, CAP, 0, CAP)
    assert instances(guess, truth, profile=PEER) == approx(1, 1, 1, 4, 0, CAP)


def test_the_peer_adds_a_namesake_to_the_matched_component() -> None:
    truth = line(0, 0, 0, 0, 1, 1)
    guess = line(1, 0, 0, 0, 2, 2)

    assert instances(guess, truth) == approx(1, 1, 0, 0, CAP)
    assert instances(guess, truth, profile=PEER) == approx(1, 1, 0, 4, CAP)


def noisy(label: int) -> tuple[Any, Any]:
    """Return 60 single elements that do not touch, and one object that has one of them."""
    truth, guess = np.zeros((2, 12, 12, 12), np.uint8)
    spots = np.argwhere(np.ones((6, 6, 6)))[:60] * 2
    guess[tuple(spots.T)] = 1
    truth[0, 0, :2] = label
    return guess, truth


def test_noise_is_all_wrong_but_for_the_peer_it_is_no_case_at_all() -> None:
    guess, truth = noisy(1)  # one object lets 10 + 50 exp(-1/5) = 50.9 components pass

    assert instances(guess, truth) == approx(0, 60, 1, *(CAP,) * 61)
    assert instances(guess, truth, profile=PEER) == Counts()


def test_the_peer_takes_the_largest_label_for_the_number_of_objects() -> None:
    guess, truth = noisy(200)  # 200 objects would let 10 components pass for each of them

    assert instances(guess, truth).tp == 0
    assert instances(guess, truth, profile=PEER).tp == 1


@pytest.mark.parametrize(("value", "error"), [(np.nan, NotFinite), (0.5, ValuesUnfit)])
def test_numbers_that_are_no_labels_are_refused(value: float, error: type[Exception]) -> None:
    guess = line(1).astype(np.float64)
    guess[0, 0, 0] = value

    with pytest.raises(error):
        instances(guess, line(1))
    with pytest.raises(TruthUnfit):
        instances(line(1), guess)


def test_for_the_peer_each_nan_is_a_component() -> None:
    guess = line(1, 0, 0).astype(np.float16)
    guess[0, 0, :3] = np.nan
    guess[0, 1, 0] = -0.0

    assert instances(guess, line(9), profile=PEER) == approx(1, 3, 0, 0, CAP, CAP, CAP)


def test_labels_that_change_too_often_are_refused() -> None:
    guess = np.arange(1000, dtype=np.uint16).reshape(10, 10, 10)

    with pytest.raises(ValuesUnfit, match="too ragged"):
        instances(guess, guess, work=Work(1, map, 10_000))
