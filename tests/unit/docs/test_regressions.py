"""Every test that the page of known defects names is there, and every row names one."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from docs.generator.pages import DOCS
from tests.unit.docs.reading import ROOT

TESTS = ROOT / "tests"
PAGE = DOCS / "develop" / "regressions.md"
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def rows() -> list[str]:
    """Return the rows of the page's tables, without those of their heads."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [
        line
        for line, below in zip(lines, [*lines[1:], ""], strict=True)
        if line.startswith("| ") and not below.startswith("|--")
    ]


@cache
def names_in(file: Path) -> frozenset[str]:
    """Return the names of a file's tests."""
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def lost_in(text: str) -> list[str]:
    """Return the tests that a text names and that are not there."""
    named = NAMED.findall(text)
    return [f"{path}::{name}" for path, name in named if name not in names_in(TESTS / path)]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[2:50])
def test_a_row_ends_with_tests_that_are_there(row: str) -> None:
    last = row.removesuffix(" |").rpartition(" | ")[2]

    assert NAMED.findall(last)
    assert lost_in(last) == []


def test_every_test_that_the_page_names_is_there_and_is_named_in_one_form() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert len(rows()) > 50
    assert len(NAMED.findall(text)) == text.count("::")
    assert lost_in(text) == []
