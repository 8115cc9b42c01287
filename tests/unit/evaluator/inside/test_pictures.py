"""Pictures are drawn after the scores, of what the orders name, and never cost a score."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from evaluator.inside.places import Places
from evaluator.pictures import LabelFacts, NumberFacts
from tests.unit.evaluator.inside.submissions import case, metric, store


def hand_in(
    places: Places, predicted: Any, true: Any, suffix: str = ".npy", number: int = 1
) -> None:
    store(places.truth / f"case-{number}{suffix}", true)
    store(places.upload / f"case-{number}{suffix}", predicted)


def ordered(order: Any, places: Places, *names: str, cases: Any, metrics: Any, **more: Any) -> None:
    """Write orders for pictures of the cases `names`."""
    order(cases, *metrics, **more)
    orders = places.orders.read_text()
    pictures = ", ".join(f'"{name}"' for name in names)
    places.orders.write_text(orders.replace('"seed": 0', f'"seed": 0, "pictures": [{pictures}]'))


@pytest.fixture
def volume() -> Any:
    labels = np.zeros((6, 20, 30), np.uint8)
    labels[2:5, 4:12, 5:20] = 1
    labels[4, :4] = 1
    return labels


@pytest.mark.parametrize("suffix", [".npy", ".zarr"])
def test_a_volume_has_a_picture_of_its_fullest_slice(
    places: Places, order: Any, finish: Any, volume: Any, suffix: str
) -> None:
    predicted = volume.copy()
    predicted[4, 19] = 1
    predicted[4, 0, 0] = 0
    hand_in(places, predicted, volume, suffix)
    dice = [metric("dice", label=1)]
    ordered(order, places, "case-1", cases=[case(1, suffix)], metrics=dice)

    report, result = finish()

    assert report.pictures == (
        LabelFacts(
            number=0, index=(4,), lengths=(6,), step=1, agree=239, extra=30, missed=1, other=0
        ),
    )
    assert 0 < result["scores"]["dice"] < 1
    with Image.open(places.pictures / "00.png") as picture:
        assert picture.format == "PNG"
    said = report.pictures[0].words()
    assert said == (
        "The slice at index 4 (the last is 5): prediction, truth and error side by side. Of the "
        "foreground, 239 elements agree, 30 are too many, 1 are missed."
    )


def test_nothing_is_drawn_that_was_not_asked_for(
    places: Places, order: Any, finish: Any, volume: Any
) -> None:
    hand_in(places, volume, volume)
    hand_in(places, volume, volume, number=2)
    ordered(order, places, "case-2", cases=[case(1), case(2)], metrics=[metric("accuracy")])

    report, _ = finish()

    assert [facts.number for facts in report.pictures] == [0]
    assert [path.name for path in places.pictures.iterdir()] == ["00.png"]


def test_without_orders_there_is_no_folder(
    places: Places, order: Any, finish: Any, volume: Any
) -> None:
    hand_in(places, volume, volume)
    order([case(1)])

    report, _ = finish()

    assert report.pictures == ()
    assert not places.pictures.exists()


def test_a_field_is_drawn_as_numbers(places: Places, order: Any, finish: Any) -> None:
    hand_in(places, [[1.0, 2.0], [3.0, 4.5]], [[1.0, 2.0], [3.0, 4.0]])
    cases = [case(1, dtype="float")]
    ordered(order, places, "case-1", cases=cases, metrics=[metric("rmse")])

    report, _ = finish()

    assert report.pictures == (NumberFacts(number=0, low=1.0, high=4.0, largest=0.5, mean=0.125),)
    assert report.pictures[0].words() == (
        "The whole image: prediction, truth and difference side by side. The truth goes from 1 to "
        "4; the prediction is off by 0.125 on average and by 0.5 at most."
    )


def test_objects_are_compared_without_their_numbers(
    places: Places, order: Any, finish: Any, volume: Any
) -> None:
    hand_in(places, volume * 7, volume)
    metrics = [metric("object_f1", threshold=0.5)]
    ordered(order, places, "case-1", cases=[case(1)], metrics=metrics)

    report, _ = finish()

    assert report.pictures[0].agree == 240
    assert report.pictures[0].other == 0


def test_what_has_no_plane_has_no_picture(places: Places, order: Any, finish: Any) -> None:
    hand_in(places, [1, 0, 1], [1, 1, 1])
    table = "id,label\n1,0\n2,1\n"
    hand_in(places, table, table, ".csv", number=2)
    cases = [case(1), case(2, ".csv", column="label", index="id")]
    ordered(order, places, "case-1", "case-2", cases=cases, metrics=[metric("accuracy")])

    report, result = finish()

    assert report.pictures == ()
    assert result["scores"]["accuracy"] == pytest.approx((2 / 3 + 1) / 2)


def test_a_case_without_prediction_has_no_picture(
    places: Places, order: Any, finish: Any, volume: Any
) -> None:
    hand_in(places, volume, volume)
    store(places.truth / "case-2.npy", volume)
    metrics = [metric("dice", label=1)]
    ordered(
        order,
        places,
        "case-1",
        "case-2",
        cases=[case(1), case(2)],
        metrics=metrics,
        missing="worst",
    )

    report, _ = finish()

    assert [facts.number for facts in report.pictures] == [0]


def test_when_the_time_is_over_the_scores_stand(
    places: Places, order: Any, finish: Any, volume: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(places, volume, volume)
    ordered(order, places, "case-1", cases=[case(1)], metrics=[metric("accuracy")])
    orders = places.orders.read_text()
    places.orders.write_text(orders.replace('"seed": 0', '"seed": 0, "wall_seconds": 0.0001'))

    report, result = finish()

    assert report.pictures == ()
    assert result["scores"] == {"accuracy": 1.0}
    assert "pictures.cut drawn=0" in capsys.readouterr().err


def test_a_rejected_submission_has_no_picture(
    places: Places, order: Any, finish: Any, volume: Any
) -> None:
    hand_in(places, volume[:2], volume)
    ordered(order, places, "case-1", cases=[case(1)], metrics=[metric("accuracy")])

    report, result = finish()

    assert report.problems
    assert report.pictures == ()
    assert result is None


def test_a_chunk_that_no_metric_reads_costs_only_its_picture(
    places: Places, order: Any, finish: Any, volume: Any
) -> None:
    """Metrics of some groups leave the cases of others unread."""
    hand_in(places, volume, volume, ".zarr")
    hand_in(places, volume, volume, ".zarr", number=2)
    for chunk in (places.upload / "case-2.zarr" / "c").rglob("*"):
        if chunk.is_file():
            chunk.write_bytes(b"damaged")
    accuracy = {**metric("accuracy"), "groups": ["a"]}
    cases = [case(1, ".zarr", group="a"), case(2, ".zarr", group="b")]
    ordered(order, places, "case-1", "case-2", cases=cases, metrics=[accuracy])

    report, result = finish()

    assert [facts.number for facts in report.pictures] == [0]
    assert result["scores"] == {"accuracy": 1.0}


def test_pictures_can_be_opened_as_what_they_are(
    places: Places, order: Any, finish: Any, volume: Any
) -> None:
    hand_in(places, volume, volume)
    ordered(order, places, "case-1", cases=[case(1)], metrics=[metric("accuracy")])

    finish()

    with Image.open(io.BytesIO((places.pictures / "00.png").read_bytes())) as picture:
        picture.load()
        assert picture.size[0] > 3 * 300


@pytest.mark.parametrize(("dtype", "kind"), [("integer", "labels"), ("float", "numbers")])
def test_where_no_metric_says_what_the_values_are_their_type_does(
    places: Places, order: Any, finish: Any, volume: Any, dtype: str, kind: str
) -> None:
    """A metric of group a reads no case of group b."""
    values = volume.astype(np.float32 if dtype == "float" else np.int32)
    hand_in(places, values, values)
    hand_in(places, values, values, number=2)
    mine = {**metric("accuracy"), "groups": ["a"]}
    cases = [case(1, dtype=dtype, group="a"), case(2, dtype=dtype, group="b")]
    ordered(order, places, "case-2", cases=cases, metrics=[mine])

    report, _ = finish()

    assert [facts.kind for facts in report.pictures] == [kind]
