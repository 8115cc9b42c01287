"""An old Python gets a newer one from PATH, or a sentence."""

import ast
import sys
from pathlib import Path

import pytest

import deploy
from deploy.errors import PythonTooOld
from deploy.interpreters import MINIMUM, find_python, version_of

SCRIPTS = sorted(Path(deploy.__path__[0]).rglob("*.py"))


def test_a_python_that_is_new_enough_is_kept() -> None:
    assert find_python(running=(3, 11)) == sys.executable


def test_an_old_python_gets_a_newer_one_from_the_path() -> None:
    on_path = {"python3.12": sys.executable}

    assert find_python(running=(3, 9), which=on_path.get) == sys.executable


def test_a_stand_in_without_a_python_behind_it_is_passed_over(tmp_path: Path) -> None:
    stand_in = tmp_path / "python3.14"
    stand_in.write_text("#!/bin/sh\nexit 127\n")
    stand_in.chmod(0o755)
    on_path = {"python3.14": str(stand_in), "python3.11": sys.executable}

    assert find_python(running=(3, 9), which=on_path.get) == sys.executable


def test_an_old_python_alone_gets_a_sentence_with_the_way_out() -> None:
    with pytest.raises(PythonTooOld) as caught:
        find_python(running=(3, 8), which=lambda _: None)

    assert "needs Python 3.11 or newer and this is Python 3.8" in str(caught.value)
    assert "make run PYTHON=" in str(caught.value)


def test_a_version_is_read_from_the_interpreter_itself() -> None:
    version = version_of(sys.executable)

    assert version == sys.version_info[:2]
    assert version >= MINIMUM


def test_what_does_not_start_has_no_version(tmp_path: Path) -> None:
    assert version_of(str(tmp_path / "python")) is None


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_script_can_be_read_by_an_old_python(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 8))

    imported = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert "__future__" in imported or len(tree.body) == 1
