"""The scorer image: its name follows its inputs, its packages the base image's Python."""

from pathlib import Path

import pytest

from deploy.errors import BaseUnfit
from deploy.scorer.base import BaseImage, base_image
from deploy.scorer.inputs import image_tag
from deploy.scorer.wheels import platforms, requirements_for

SHA = "sha256:" + "0" * 64
BOOKWORM = BaseImage("agon-base", "3.11.2", "x86_64", glibc_minor=36)
SLIM = BaseImage("python:3.12-slim", "3.12.7", "aarch64", glibc_minor=27)
FACTS = {"python_full_version": "3.12.7", "machine": "x86_64", "libc": "glibc 2.36"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("requirements/score.txt", "deploy/scorer/Dockerfile", "evaluator/codes.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_equal_inputs_have_one_name(tree: Path) -> None:
    assert image_tag(tree) == image_tag(tree)
    assert image_tag(tree).startswith("agon-scorer:")


@pytest.mark.parametrize(
    "name", ["requirements/score.txt", "deploy/scorer/Dockerfile", "evaluator/codes.py"]
)
def test_each_input_changes_the_name(tree: Path, name: str) -> None:
    before = image_tag(tree)
    (tree / name).write_text("changed")

    assert image_tag(tree) != before


def test_a_new_and_a_renamed_source_change_the_name(tree: Path) -> None:
    names = {image_tag(tree)}
    (tree / "evaluator" / "errors.py").write_text("")
    names.add(image_tag(tree))
    (tree / "evaluator" / "errors.py").rename(tree / "evaluator" / "faults.py")
    names.add(image_tag(tree))

    assert len(names) == 3


def test_another_base_changes_the_name(tree: Path) -> None:
    assert image_tag(tree, "debian") != image_tag(tree)


def test_compiled_files_and_the_rest_of_the_tree_do_not_matter(tree: Path) -> None:
    before = image_tag(tree)
    for name in ("evaluator/__pycache__/codes.cpython-311.pyc", "web/settings.py"):
        (tree / name).parent.mkdir(parents=True)
        (tree / name).write_text("")

    assert image_tag(tree) == before


def test_markers_are_settled_for_the_python_of_the_base_image(tmp_path: Path) -> None:
    lock = tmp_path / "score.txt"
    lock.write_text(
        f"numpy==2.4.6 ; python_full_version < '3.12' \\\n    --hash={SHA} \\\n    --hash={SHA}\n"
        f"numpy==2.5.5 ; python_full_version >= '3.12' \\\n    --hash={SHA}\n"
        f"colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash={SHA}\n"
        f"zarr==3.1.6 \\\n    --hash={SHA}\n"
    )

    old, new = requirements_for(lock, BOOKWORM), requirements_for(lock, SLIM)

    assert old == [f"numpy==2.4.6 --hash={SHA} --hash={SHA}", f"zarr==3.1.6 --hash={SHA}"]
    assert new == [f"numpy==2.5.5 --hash={SHA}", f"zarr==3.1.6 --hash={SHA}"]


def test_wheels_are_taken_that_the_glibc_of_the_base_image_can_load() -> None:
    options = platforms(SLIM)

    assert "manylinux_2_27_aarch64" in options
    assert "manylinux2014_aarch64" in options
    assert "manylinux_2_28_aarch64" not in options
    assert "manylinux_2_34_x86_64" in platforms(BOOKWORM)


def test_a_base_image_is_known_by_what_its_python_says() -> None:
    base = base_image("python:3.12-slim", FACTS)

    assert base == BaseImage("python:3.12-slim", "3.12.7", "x86_64", glibc_minor=36)
    assert base.python_version == "3.12"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"python_full_version": "3.10.9"}, "take an image with 3.11"), ({"libc": ""}, "no glibc")],
)
def test_an_unfit_base_image_is_refused(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(BaseUnfit, match=sentence):
        base_image("old", {**FACTS, **change})
