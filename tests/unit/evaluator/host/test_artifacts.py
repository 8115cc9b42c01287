"""What is kept of what a scorer wrote: what is what it says, and not too large."""

import json
from pathlib import Path

import pytest

from evaluator.blobs import LocalBlobs
from evaluator.codes import Code, Status
from evaluator.host.artifacts import MAX_FILE_BYTES, listing, with_files, with_pictures
from evaluator.outcomes import Artifact, ArtifactKind, Outcome
from evaluator.pictures import FOLDER, MAX_PICTURE_BYTES, LabelFacts, picture_name

PNG = b"\x89PNG\r\n\x1a\n and so on"
JPEG = b"\xff\xd8\xff\xe0 and so on"
SCORED = Outcome(status=Status.SCORED, scores={"dice": 0.5})


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "output").mkdir()
    return tmp_path / "output"


def keep(output: Path, blobs: LocalBlobs, **files: bytes) -> tuple[Outcome, str]:
    """Write files and a result that names them; keep them."""
    names = [name.replace("_", ".") for name in files]
    for name, content in zip(names, files.values(), strict=True):
        (output / name).write_bytes(content)
    document = {"scores": {"dice": 0.5}, "artifacts": names}
    (output / "result.json").write_text(json.dumps(document))
    return with_files(SCORED, output=output, blobs=blobs)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a_png", PNG, ArtifactKind.PNG),
        ("a_PNG", PNG, ArtifactKind.PNG),
        ("a_jpg", JPEG, ArtifactKind.JPEG),
        ("a_jpeg", JPEG, ArtifactKind.JPEG),
        ("a_csv", b"id,score\r\n1,2\n", ArtifactKind.CSV),
        ("a_txt", "näher\tdran\n".encode(), ArtifactKind.TEXT),
        ("a_txt", b"", ArtifactKind.TEXT),
        ("a_json", b'{"a": [1, 2]}', ArtifactKind.JSON),
    ],
)
def test_a_file_that_is_what_it_says_is_kept(
    output: Path, blobs: LocalBlobs, name: str, content: bytes, kind: ArtifactKind
) -> None:
    outcome, log = keep(output, blobs, **{name: content})

    (kept,) = outcome.artifacts
    assert (kept.name, kept.kind, kept.size) == (name.replace("_", "."), kind, len(content))
    assert (kept.case, kept.words, log) == ("", "", "")
    assert blobs.local_path(kept.sha256).read_bytes() == content
    assert outcome.scores == {"dice": 0.5}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a_svg", b"<svg onload='alert(1)'/>", "only .png, .jpg"),
        ("a_html", b"<script>", "only .png, .jpg"),
        ("a", PNG, "only .png, .jpg"),
        ("a_png", b"<svg/>", "its content is not png"),
        ("a_png", JPEG, "its content is not png"),
        ("a_jpg", PNG, "its content is not jpeg"),
        ("a_csv", b"a,\xff", "its content is not csv"),
        ("a_txt", b"a\0b", "its content is not text"),
        ("a_txt", b"\x1b[31mred", "its content is not text"),
        ("a_json", b"{", "its content is not json"),
        ("a_json", b'{"a": NaN}', "its content is not json"),
        ("a_json", b"[" * 100_000, "its content is not json"),
        ("a_txt", b"x" * (MAX_FILE_BYTES + 1), "larger than"),
    ],
)
def test_what_does_not_fit_is_left_out_and_named_in_the_log(
    output: Path, blobs: LocalBlobs, name: str, content: bytes, why: str
) -> None:
    outcome, log = keep(output, blobs, **{name: content, "good_txt": b"good"})

    assert [kept.name for kept in outcome.artifacts] == ["good.txt"]
    assert log.startswith(f"--- artifact {name.replace('_', '.')} is not kept: ")
    assert why in log
    assert outcome.status is Status.SCORED


def test_a_file_that_is_not_there_or_a_folder_is_left_out(output: Path, blobs: LocalBlobs) -> None:
    (output / "folder.txt").mkdir()
    document = {"scores": {"dice": 0.5}, "artifacts": ["gone.txt", "folder.txt", "sub/a.txt"]}
    (output / "sub").mkdir()
    (output / "sub/a.txt").write_text("a")
    (output / "result.json").write_text(json.dumps(document))

    outcome, log = with_files(SCORED, output=output, blobs=blobs)

    assert [kept.name for kept in outcome.artifacts] == ["sub/a.txt"]
    assert log.count("there is no such file") == 2


def test_control_bytes_of_a_name_do_not_reach_the_log(output: Path, blobs: LocalBlobs) -> None:
    document = {"scores": {"dice": 0.5}, "artifacts": ["a\x85\u202eb.exe"]}
    (output / "result.json").write_text(json.dumps(document))

    _, log = with_files(SCORED, output=output, blobs=blobs)

    assert "\x85" not in log
    assert "\u202e" not in log


def test_without_scores_nothing_is_kept(output: Path, blobs: LocalBlobs) -> None:
    failed = Outcome(status=Status.FAILED, code=Code.SCORE_MISSING)
    facts = [LabelFacts(number=0, agree=1, extra=0, missed=0)]

    assert with_files(failed, output=output, blobs=blobs) == (failed, "")
    assert with_pictures(failed, facts, cases=["a"], output=output, blobs=blobs) is failed


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b'{"scores": {}, "artifacts": ["a.png", "b/c.txt"]}', ("a.png", "b/c.txt")),
        (b'{"scores": {}}', ()),
        (b'{"artifacts": ["a.png"]}', ()),
        (b'{"scores": {}, "artifacts": ["../a.png"]}', ()),
        (b'{"scores": {}, "artifacts": ["/etc/passwd"]}', ()),
        (b"{", ()),
        (b"", ()),
    ],
)
def test_a_listing_names_only_what_lies_below_the_output(
    content: bytes, names: tuple[str, ...]
) -> None:
    assert listing().names(content) == names


def facts(*numbers: int) -> list[LabelFacts]:
    return [LabelFacts(number=number, agree=5, extra=1, missed=2) for number in numbers]


def draw(output: Path, *numbers: int, content: bytes = PNG) -> None:
    (output / FOLDER).mkdir()
    for number in numbers:
        (output / FOLDER / picture_name(number)).write_bytes(content)


def test_pictures_are_named_after_their_cases_and_have_words(
    output: Path, blobs: LocalBlobs
) -> None:
    draw(output, 0, 1)

    outcome = with_pictures(SCORED, facts(1, 0), cases=["north/1", "b"], output=output, blobs=blobs)

    assert [(kept.name, kept.case) for kept in outcome.artifacts] == [
        ("north/1.png", "north/1"),
        ("b.png", "b"),
    ]
    assert outcome.artifacts[0].words.startswith("The whole image: prediction, truth and error")
    assert blobs.contains(outcome.artifacts[0].sha256)


@pytest.mark.parametrize(
    ("numbers", "content"),
    [((1,), PNG), ((0,), b"<svg/>"), ((0,), PNG + bytes(MAX_PICTURE_BYTES)), ((), PNG)],
    ids=["not asked for", "no png", "too large", "not there"],
)
def test_a_picture_that_is_none_is_left_out(
    output: Path, blobs: LocalBlobs, numbers: tuple[int, ...], content: bytes
) -> None:
    draw(output, *numbers, content=content)

    outcome = with_pictures(SCORED, facts(0, 1), cases=["a"], output=output, blobs=blobs)

    assert outcome == SCORED


def test_a_picture_told_twice_is_kept_once(output: Path, blobs: LocalBlobs) -> None:
    draw(output, 0)

    outcome = with_pictures(SCORED, facts(0, 0, 0), cases=["a"], output=output, blobs=blobs)

    assert len(outcome.artifacts) == 1


def test_an_outcome_with_artifacts_crosses_the_queue(output: Path, blobs: LocalBlobs) -> None:
    draw(output, 0)
    outcome = with_pictures(SCORED, facts(0), cases=["a"], output=output, blobs=blobs)

    assert Outcome.model_validate(outcome.model_dump(mode="json")) == outcome
    assert isinstance(outcome.artifacts[0], Artifact)
