"""What people hand in that is odd: a clear code and sentence, or the right number."""

import json
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import zarr

from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case, metric, store

TRUTH = np.random.default_rng(0).integers(0, 3, (4, 6, 5)).astype(np.uint16)
SUFFIXES = [".npy", ".zarr"]


def put(path: Path, data: Any) -> None:
    """Store an array as it is: byte order, order of axes and all."""
    if path.suffix == ".zarr":
        is_fortran = data.flags.f_contiguous and not data.flags.c_contiguous
        array = zarr.create_array(
            str(path),
            shape=data.shape,
            dtype=data.dtype,
            chunks=(2, 3, 5)[: data.ndim],
            zarr_format=2,
            order="F" if is_fortran else "C",
            config={"write_empty_chunks": True},
        )
        array[...] = data
    else:
        np.save(path, data)


def wrong() -> Any:
    """Return the truth with every third element changed to another of its labels."""
    labels = TRUTH.copy()
    labels.reshape(-1)[::3] = (labels.reshape(-1)[::3] + 1) % 3
    return labels


LABELS: dict[str, Any] = {
    "as they are": wrong(),
    "one byte": wrong().astype("u1"),
    "signed": wrong().astype("i1"),
    "eight bytes": wrong().astype("u8"),
    "big endian": wrong().astype(">u4"),
    "big endian, signed": wrong().astype(">i8"),
    "Fortran order": np.asfortranarray(wrong()),
    "big endian, Fortran order": np.asfortranarray(wrong().astype(">u2")),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS.keys())
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_way_of_storing_labels_changes_no_digit(
    suffix: str, labels: Any, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / f"case-1{suffix}", TRUTH)
    put(places.upload / f"case-1{suffix}", labels)
    order([case(1, suffix)], metric("accuracy"), metric("iou", label=1))

    report, result = finish()

    of_label = TRUTH == 1, wrong() == 1
    iou = np.sum(of_label[0] & of_label[1]) / np.sum(of_label[0] | of_label[1])
    assert report.problems == report.notes == ()
    assert result["scores"]["accuracy"] == pytest.approx((wrong() == TRUTH).mean(), abs=1e-15)
    assert result["scores"]["iou"] == pytest.approx(iou, abs=1e-15)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_whole_numbers_stored_as_floats_are_no_labels(
    suffix: str, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / f"case-1{suffix}", TRUTH)
    put(places.upload / f"case-1{suffix}", TRUTH.astype("f4"))
    order([case(1, suffix)])

    report, result = finish()

    assert result is None
    assert [(problem.code, problem.message) for problem in report.problems] == [
        (
            "dtype-mismatch",
            (
                f"case-1{suffix} has dtype float32; expected integers, such as uint16: convert it, "
                "then save it."
            ),
        )
    ]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_booleans_are_the_labels_0_and_1(
    suffix: str, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / f"case-1{suffix}", (TRUTH > 0).astype("u1"))
    put(places.upload / f"case-1{suffix}", wrong() > 0)
    order([case(1, suffix)])

    _, result = finish()

    expected = ((TRUTH > 0) == (wrong() > 0)).mean()
    assert result["scores"]["accuracy"] == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_boolean_stored_as_another_byte_is_true(
    suffix: str, places: Places, order: Any, finish: Any
) -> None:
    truth = np.ones((2, 3, 5), np.uint8)
    put(places.truth / f"case-1{suffix}", truth)
    put(places.upload / f"case-1{suffix}", (2 * truth).view(bool))
    order([case(1, suffix)])

    _, result = finish()

    assert result["scores"] == {"accuracy": 1.0}


FAR = [2**31, 2**32 + 1, 2**53 + 1, 2**63 - 1]


@pytest.mark.parametrize("label", FAR)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_labels_far_beyond_32_bits_stay_apart(
    suffix: str, label: int, places: Places, order: Any, finish: Any
) -> None:
    truth = np.where(TRUTH == 0, 0, TRUTH.astype("u8") + np.uint64(label - 2))
    put(places.truth / f"case-1{suffix}", truth.astype("u8"))
    put(places.upload / f"case-1{suffix}", np.where(TRUTH == 1, truth + 1, truth).astype("u8"))
    order([case(1, suffix)])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"]["accuracy"] == pytest.approx((TRUTH != 1).mean(), abs=1e-15)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_labels_that_take_all_64_bits_are_told(
    suffix: str, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / f"case-1{suffix}", TRUTH)
    labels = TRUTH.astype("u8")
    labels[TRUTH == 0] = 2**64 - 1
    put(places.upload / f"case-1{suffix}", labels)
    order([case(1, suffix)])

    report, result = finish()

    assert result is None
    assert [(problem.code, problem.message) for problem in report.problems] == [
        (
            "value-out-of-range",
            f"case-1{suffix} holds a label that takes 64 bits; number the labels from 1 on.",
        )
    ]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_negative_labels_are_labels_like_others(
    suffix: str, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / f"case-1{suffix}", TRUTH)
    put(places.upload / f"case-1{suffix}", np.where(TRUTH == 2, -1, TRUTH).astype("i4"))
    order([case(1, suffix)])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"]["accuracy"] == pytest.approx((TRUTH != 2).mean(), abs=1e-15)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_numbers_that_are_not_finite_are_counted_and_told(
    suffix: str, value: float, places: Places, order: Any, finish: Any
) -> None:
    numbers = TRUTH.astype("f4")
    put(places.truth / f"case-1{suffix}", numbers)
    bad = numbers.copy()
    bad[1:3, 2, 0] = value
    put(places.upload / f"case-1{suffix}", bad)
    order([case(1, suffix, dtype="float")], metric("rmse"))

    report, result = finish()

    assert result is None
    assert [problem.code for problem in report.problems] == ["value-not-finite"]
    assert report.problems[0].message.startswith(f"case-1{suffix} ")
    assert "2 " in report.problems[0].message


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_array_without_elements_is_a_wrong_shape(
    suffix: str, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / f"case-1{suffix}", TRUTH)
    put(places.upload / f"case-1{suffix}", TRUTH[:0])
    order([case(1, suffix)])

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["shape-mismatch"]
    assert "has shape (0, 6, 5), 3 axes, expected (4, 6, 5), 3 axes" in report.problems[0].message


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_but_background_is_a_prediction(
    suffix: str, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / f"case-1{suffix}", TRUTH)
    put(places.upload / f"case-1{suffix}", np.zeros_like(TRUTH))
    order([case(1, suffix)])

    report, result = finish()

    assert report.problems == report.notes == ()
    assert result["scores"]["accuracy"] == pytest.approx((TRUTH == 0).mean(), abs=1e-15)


def test_nothing_but_background_without_a_chunk_is_background_and_told(
    places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", TRUTH)
    array = zarr.create_array(
        str(places.upload / "case-1.zarr"), shape=TRUTH.shape, dtype="u2", chunks=(2, 3, 5)
    )
    array[...] = 0
    order([case(1, ".zarr")])

    report, result = finish()

    assert report.problems == ()
    assert "count as the fill value 0: all of it" in report.notes[0]
    assert result["scores"]["accuracy"] == pytest.approx((TRUTH == 0).mean(), abs=1e-15)


@pytest.mark.parametrize("place", [0, 2, 3])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_axis_of_length_one_too_many_is_left_out_and_told(
    suffix: str, place: int, places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / f"case-1{suffix}", TRUTH)
    store(places.upload / f"case-1{suffix}", np.expand_dims(TRUTH, place))
    order([case(1, suffix)])

    report, result = finish()

    assert report.notes == (
        f"case-1{suffix} has the axis {place} of length one too many; it is left out.",
    )
    assert result["scores"] == {"accuracy": 1.0}


CHUNKS = [(1, 1, 1), (4, 6, 5), (3, 4, 2), (4, 1, 5), (50, 50, 50)]


@pytest.mark.parametrize("chunks", CHUNKS)
def test_chunks_of_prediction_and_truth_need_not_agree(
    chunks: Any, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", TRUTH)
    array = zarr.create_array(
        str(places.upload / "case-1.zarr"), shape=TRUTH.shape, dtype="u4", chunks=chunks
    )
    array[...] = wrong()
    order([case(1, ".zarr")], cpus=2)

    _, result = finish()

    assert result["scores"]["accuracy"] == pytest.approx((wrong() == TRUTH).mean(), abs=1e-15)


def test_missing_chunks_count_as_the_fill_value(places: Places, order: Any, finish: Any) -> None:
    put(places.truth / "case-1.zarr", TRUTH)
    array = zarr.create_array(
        str(places.upload / "case-1.zarr"),
        shape=TRUTH.shape,
        dtype="u2",
        chunks=(2, 6, 5),
        fill_value=2,
    )
    array[:2] = TRUTH[:2]
    order([case(1, ".zarr")])

    report, result = finish()

    expected = TRUTH.copy()
    expected[2:] = 2
    assert report.notes == (
        "1 of the 2 chunks of case-1.zarr are not in the upload and count as the fill value 2.",
    )
    assert result["scores"]["accuracy"] == pytest.approx((expected == TRUTH).mean(), abs=1e-15)


CUT = {
    "npy": (".npy", "case-1.npy", "format-invalid"),
    "metadata": (".zarr", "case-1.zarr/.zarray", "format-invalid"),
    "a chunk": (".zarr", "case-1.zarr/1.1.0", "chunk-corrupt"),
}


@pytest.mark.parametrize(("suffix", "file", "code"), CUT.values(), ids=CUT.keys())
def test_a_file_that_is_cut_off_is_told(
    suffix: str, file: str, code: str, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / f"case-1{suffix}", TRUTH)
    put(places.upload / f"case-1{suffix}", TRUTH)
    data = (places.upload / file).read_bytes()
    (places.upload / file).write_bytes(data[: len(data) // 2])
    order([case(1, suffix)])

    report, result = finish()

    assert result is None
    assert [problem.code for problem in report.problems] == [code]
    assert f"case-1{suffix}" in report.problems[0].message
    assert report.problems[0].message.endswith(".")


def with_older_metadata(places: Places, **changes: Any) -> None:
    """Store the truth, and an upload with the metadata of version 2 beside those of version 3."""
    put(places.truth / "case-1.zarr", TRUTH)
    store(places.upload / "case-1.zarr", TRUTH)
    document = json.loads((places.truth / "case-1.zarr/.zarray").read_text())
    store(places.upload / "case-1.zarr/.zarray", json.dumps({**document, **changes}))


def test_metadata_of_two_versions_that_agree_are_told(
    places: Places, order: Any, finish: Any
) -> None:
    with_older_metadata(places)
    order([case(1, ".zarr")])

    report, result = finish()

    assert report.notes == (
        "case-1.zarr has metadata of Zarr versions 2 and 3; those of version 3 count.",
    )
    assert result["scores"] == {"accuracy": 1.0}


def test_metadata_of_two_versions_that_contradict_each_other_are_refused(
    places: Places, order: Any, finish: Any
) -> None:
    with_older_metadata(places, shape=[4, 6, 6])
    order([case(1, ".zarr")])

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["format-invalid"]
    assert report.problems[0].message == (
        "case-1.zarr has two metadata files that contradict each other: zarr.json says shape "
        "(4, 6, 5) and uint16, .zarray says shape (4, 6, 6) and uint16; delete the one that is "
        "left over, with its chunks."
    )


def test_a_codec_that_is_not_read_is_told_with_those_that_are(
    places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", TRUTH)
    zarr.create_array(
        str(places.upload / "case-1.zarr"),
        shape=TRUTH.shape,
        dtype="u2",
        chunks=(2, 3, 5),
        zarr_format=2,
        compressors=numcodecs.LZMA(),
    )
    order([case(1, ".zarr")])

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["codec-not-allowed"]
    assert report.problems[0].message == (
        "case-1.zarr is stored with 'lzma'; save it with one of zstd, blosc, gzip or no "
        "compression, and without filters."
    )
