"""What a submission is told before any chunk is decoded."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from evaluator.codes import Code
from evaluator.inside.orders import Report
from evaluator.inside.places import Places
from tests.hostile.uploads.zip_writer import Member, write_zip
from tests.unit.evaluator.inside.submissions import case, store

VOLUME = np.arange(24, dtype=np.uint16).reshape(2, 3, 4)


def told(report: Report) -> list[tuple[str, str]]:
    return [(str(problem.code), problem.path) for problem in report.problems]


def test_a_submission_without_faults_has_no_problems(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.zarr", VOLUME)
    store(places.upload / "case-1.zarr", VOLUME)
    order([case(1, ".zarr")], task="check")

    report, result = finish()

    assert report == Report()
    assert result is None
    assert sorted(path.name for path in places.output.iterdir()) == ["report.json"]


def test_all_problems_of_all_cases_are_told_at_once(
    places: Places, order: Any, finish: Any
) -> None:
    for number in range(1, 6):
        store(places.truth / f"case-{number}.npy", VOLUME)
    store(places.upload / "case-1.npy", VOLUME)
    store(places.upload / "case-2.npy", VOLUME[:1].astype(float))
    store(places.upload / "case-3.npy", "no array")
    store(places.upload / "case_4.npy", VOLUME)
    store(places.upload / "notes.txt", "hello")
    order([case(number) for number in range(1, 6)])

    report, result = finish()

    assert result is None
    assert told(report) == [
        ("case-missing", "case-4.npy"),
        ("case-missing", "case-5.npy"),
        ("case-unexpected", "case_4.npy"),
        ("case-unexpected", "notes.txt"),
        ("shape-mismatch", "case-2.npy"),
        ("dtype-mismatch", "case-2.npy"),
        ("format-invalid", "case-3.npy"),
    ]
    assert report.problem_count == 7
    sentences = {problem.path: problem.message for problem in report.problems[:5]}
    assert sentences["case_4.npy"].endswith("did you mean case-4.npy?")
    assert sentences["case-2.npy"] == (
        "case-2.npy has shape (1, 3, 4), 3 axes, expected (2, 3, 4), 3 axes; bring it to that "
        "shape."
    )


def test_only_the_first_fifty_problems_are_shown_but_all_are_counted(
    places: Places, order: Any, finish: Any
) -> None:
    cases = [case(number) for number in range(80)]
    for number in range(80):
        store(places.truth / f"case-{number}.npy", [1])
    store(places.upload / "case-0.npy", [1])
    store(places.upload / "case-1.npy", [1])
    order(cases)

    report, _ = finish()

    assert len(report.problems) == 50
    assert report.problem_count == 78


def test_no_sentence_tells_a_value_of_the_truth(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.npy", [987654, 987655])
    store(places.truth / "case-2.csv", "id,label\nsecret-a,987656\nsecret-b,987657\n")
    store(places.upload / "case-1.npy", [1.5])
    store(places.upload / "case-2.csv", "id,label\nx,one\n")
    order([case(1), case(2, ".csv", column="label", index="id")])

    report, _ = finish()

    assert report.problem_count == 5
    text = places.report.read_text()
    assert "98765" not in text
    assert "secret" not in text


def test_the_first_source_that_is_there_counts(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "labels.csv", "id,label\na,1\nb,2\n")
    store(places.upload / "labels.npy", [1, 2])
    sources = [
        {"path": "labels.csv", "format": "csv"},
        {"path": "labels.npy", "format": "npy"},
    ]
    order([case(1, sources=sources, truth=sources[0], column="label", index="id")])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 1.0}


@pytest.mark.parametrize("name", ["mine.npy", "case-1.npy", "MINE.NPY"])
def test_one_file_is_the_expected_one_whatever_its_name(
    name: str, places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [1, 2])
    np.save(places.upload / "a.npy", np.array([1, 2]))
    (places.upload / "a.npy").rename(places.upload / name)
    order([case(1)])

    report, result = finish()

    assert result["scores"] == {"accuracy": 1.0}
    assert report.names == ({} if name == "case-1.npy" else {"case-1.npy": name})


def test_one_file_of_another_kind_is_told_what_is_expected(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [1, 2])
    store(places.upload / "mine.txt", "1\n2\n")
    order([case(1)])

    report, _ = finish()

    assert [problem.message for problem in report.problems] == [
        "case-1.npy is missing; the upload holds mine.txt; add the file under that name.",
        "mine.txt is not among the files of this task; expected case-1.npy.",
    ]


def test_one_file_where_two_are_expected_keeps_its_name(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [1])
    store(places.truth / "case-2.npy", [1])
    store(places.upload / "mine.npy", [1])
    order([case(1), case(2)])

    report, _ = finish()

    assert told(report) == [
        ("case-missing", "case-1.npy"),
        ("case-missing", "case-2.npy"),
        ("case-unexpected", "mine.npy"),
    ]


def test_an_upload_without_files_lacks_everything(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.npy", [1])
    order([case(1)])

    report, _ = finish()

    assert report.problems[0].message == (
        "case-1.npy is missing; the upload holds nothing; add the file under that name."
    )


def test_extra_files_are_told_once_for_each_folder(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.zarr", VOLUME)
    store(places.upload / "case-1.zarr", VOLUME)
    store(places.upload / "case-01.zarr", VOLUME)
    order([case(1, ".zarr")])

    report, _ = finish()

    assert told(report) == [("case-unexpected", "case-01.zarr/")]


def test_extra_files_are_no_problem_where_they_are_ignored(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [1])
    store(places.upload / "case-1.npy", [1])
    store(places.upload / "README.md", "hello")
    order([case(1)], extra_files="ignore")

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 1.0}


def test_arrays_beside_the_expected_one_in_its_store_are_no_extras(
    places: Places, order: Any, finish: Any
) -> None:
    source = {"path": "case-1.zarr/labels/0", "format": "zarr"}
    for level in range(3):
        store(places.upload / f"case-1.zarr/labels/{level}", VOLUME)
    store(places.upload / "case-1.zarr/zarr.json", '{"zarr_format": 3, "node_type": "group"}')
    store(places.truth / "case-1.zarr/labels/0", VOLUME)
    order([case(1, sources=[source], truth=source)])

    report, _ = finish()

    assert report.problems == ()


def test_arrays_without_a_store_may_have_groups_above_them(
    places: Places, order: Any, finish: Any
) -> None:
    source = {"path": "crop1/mito", "format": "zarr"}
    store(places.truth / "crop1/mito", VOLUME)
    store(places.upload / "crop1/mito", VOLUME)
    store(places.upload / "crop1/zarr.json", '{"zarr_format": 3, "node_type": "group"}')
    store(places.upload / "zarr.json", '{"zarr_format": 3, "node_type": "group"}')
    order([case(1, sources=[source], truth=source)])

    report, _ = finish()

    assert report.problems == ()


def test_an_array_missing_in_its_store_is_told_beside_those_that_are_there(
    places: Places, order: Any, finish: Any
) -> None:
    source = {"path": "case-1.zarr/labels", "format": "zarr"}
    store(places.truth / "case-1.zarr/labels", VOLUME)
    store(places.upload / "case-1.zarr/label", VOLUME)
    order([case(1, sources=[source], truth=source)])

    report, _ = finish()

    assert [problem.message for problem in report.problems] == [
        "case-1.zarr lacks labels; it holds label; add the array."
    ]


def test_a_member_missing_in_an_npz_file_is_a_missing_case(
    places: Places, order: Any, finish: Any
) -> None:
    source = {"path": "all.npz/one", "format": "npy"}
    other = {"path": "all.npz/two", "format": "npy"}
    store(places.truth / "all.npz", {"one": [1], "two": [2]})
    store(places.upload / "all.npz", {"one": [1], "zwei": [2]})
    order([case(1, sources=[source], truth=source), case(2, sources=[other], truth=other)])

    report, _ = finish()

    assert told(report) == [("case-missing", "all.npz/two")]
    assert "it holds one, zwei" in report.problems[0].message


def test_the_shape_of_the_plan_counts_when_it_gives_one(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.upload / "case-1.npy", [[1, 2]])
    order([case(1, shape=[2, 2])], task="check", command=["python", "score.py"])

    report, _ = finish()

    assert told(report) == [("shape-mismatch", "case-1.npy")]


def test_a_program_that_names_no_cases_takes_any_files(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.upload / "anything/at.all", "hello")
    store(places.upload / "more", "hello")
    order([], task="check", command=["python", "score.py"])

    report, _ = finish()

    assert report == Report()


KINDS = {
    "float for integer": ("integer", "f4"),
    "float for bool": ("bool", "f4"),
    "integer for float": ("float", "i4"),
    "integer for bool": ("bool", "u1"),
    "bool for float": ("float", "?"),
    "array for text": ("text", "u1"),
}


@pytest.mark.parametrize(("kind", "dtype"), KINDS.values(), ids=KINDS.keys())
def test_another_kind_of_numbers_is_told(
    kind: str, dtype: str, places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [0, 1])
    store(places.upload / "case-1.npy", np.array([0, 1], dtype))
    order([case(1, dtype=kind)])

    report, _ = finish()

    assert told(report) == [("dtype-mismatch", "case-1.npy")]
    assert f"has dtype {np.dtype(dtype).name}; expected" in report.problems[0].message


@pytest.mark.parametrize(
    ("kind", "dtype"),
    [("integer", "?"), ("integer", "i8"), ("number", "f2"), ("number", "u4"), ("bool", "?")],
)
def test_kinds_that_stand_for_each_other_pass(
    kind: str, dtype: str, places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [0, 1])
    store(places.upload / "case-1.npy", np.array([0, 1], dtype))
    order([case(1, dtype=kind)])

    report, _ = finish()

    assert report.problems == ()


def test_tables_are_checked_row_by_row(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.csv", "id,label\na,1\nb,2\n")
    store(places.upload / "case-1.csv", "id,label\na,1\na,2\nc,x\n")
    order([case(1, ".csv", column="label", index="id")])

    report, _ = finish()

    assert [problem.code for problem in report.problems] == [
        Code.ROWS_MISMATCH,
        Code.ROWS_MISMATCH,
        Code.ROWS_MISMATCH,
        Code.DTYPE_MISMATCH,
    ]


def test_absent_chunks_are_noted(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.zarr", VOLUME)
    store(places.upload / "case-1.zarr", VOLUME)
    (places.upload / "case-1.zarr/c/0/0/0").unlink()
    order([case(1, ".zarr")], task="check")

    report, _ = finish()

    assert report.problems == ()
    assert report.notes == (
        "1 of the 12 chunks of case-1.zarr are not in the upload and count as the fill value 0.",
    )


def test_a_shape_of_4_tib_is_a_wrong_shape_and_nothing_worse(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.zarr", VOLUME)
    store(places.upload / "case-1.zarr", VOLUME)
    metadata = json.loads((places.upload / "case-1.zarr/zarr.json").read_text())
    metadata["shape"] = [2**20, 2**20, 4]
    (places.upload / "case-1.zarr/zarr.json").write_text(json.dumps(metadata))
    order([case(1, ".zarr")])

    report, _ = finish()

    assert told(report) == [("shape-mismatch", "case-1.zarr")]


def test_a_tiff_stack_is_compared_with_any_truth(places: Places, order: Any, finish: Any) -> None:
    truth = {"path": "case-1.zarr", "format": "zarr"}
    store(places.truth / "case-1.zarr", VOLUME)
    tifffile.imwrite(places.upload / "case-1.tif", VOLUME)
    order([case(1, ".tif", truth=truth)])

    _, result = finish()

    assert result["scores"] == {"accuracy": 1.0}


LINKS = {"file": ("case-1.npy", "case-1.npy"), "folder": ("store.zarr", ".")}


@pytest.mark.parametrize(("name", "target"), LINKS.values(), ids=LINKS.keys())
def test_a_link_in_the_upload_is_refused(
    name: str, target: str, places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [1])
    store(places.upload / "other", "x")
    (places.upload / name).symlink_to(places.truth / target)
    order([case(1)])

    report, result = finish()

    assert told(report) == [("archive-unsafe", name)]
    assert result is None


def zipped(folder: Path, prefix: str = "") -> bytes:
    return write_zip(
        [
            Member(prefix + path.relative_to(folder).as_posix(), path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
    )


WRAPPINGS = {
    "store": ("predictions.zip", "case-1.zarr/"),
    "store in a folder": ("predictions.zip", "mine/case-1.zarr/"),
    "root of the store": ("case-1.zarr.zip", ""),
    "root of the store under another name": ("mine.zarr.zip", ""),
    "root of the store without a word": ("mine.zip", ""),
}


@pytest.mark.parametrize(("name", "prefix"), WRAPPINGS.values(), ids=WRAPPINGS.keys())
def test_a_zipped_store_is_found_however_it_was_packed(
    name: str, prefix: str, places: Places, order: Any, finish: Any, tmp_path: Path
) -> None:
    store(places.truth / "case-1.zarr", VOLUME)
    store(tmp_path / "s", VOLUME)
    (places.upload / name).write_bytes(zipped(tmp_path / "s", prefix))
    order([case(1, ".zarr")])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 1.0}
    assert (places.submission / "case-1.zarr/zarr.json").is_file()


def test_a_misnamed_store_in_an_archive_is_told_by_its_name(
    places: Places, order: Any, finish: Any, tmp_path: Path
) -> None:
    store(places.truth / "case-1.zarr", VOLUME)
    store(tmp_path / "s", VOLUME)
    (places.upload / "a.zip").write_bytes(zipped(tmp_path / "s", "case-01.zarr/"))
    order([case(1, ".zarr")])

    report, _ = finish()

    assert told(report) == [
        ("case-missing", "case-1.zarr"),
        ("case-unexpected", "case-01.zarr/"),
    ]


def test_a_folder_around_an_uploaded_folder_is_taken_away(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [1])
    store(places.truth / "case-2.npy", [1])
    store(places.upload / "mine/case-1.npy", [1])
    store(places.upload / "mine/case-2.npy", [1])
    store(places.upload / "mine/.DS_Store", "x")
    order([case(1), case(2)])

    report, _ = finish()

    assert report == Report(root="mine")


def test_what_is_no_archive_is_told_before_anything_else(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [1])
    (places.upload / "predictions.zip").write_bytes(b"PK\x03\x04 cut off")
    order([case(1)])

    report, _ = finish()

    assert told(report) == [("archive-invalid", "")]
