"""Rules of our stylesheets and templates that no other tool looks at."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tinycss2  # type: ignore[import-untyped]  # has no types
from django.conf import settings

STYLES = sorted((settings.BASE / "static" / "css").glob("*.css"))
TEMPLATES = sorted((settings.BASE / "templates").rglob("*.html"))
ASSETS = (settings.BASE / "templates" / "_assets.html").read_text()
# block, block__part, block--state, block__part--state; and what the framework calls a few things.
CLASS = re.compile(
    r"^[a-z0-9]+(-[a-z0-9]+)*(__[a-z0-9]+(-[a-z0-9]+)*)?(--[a-z0-9]+(-[a-z0-9]+)*)?$"
)
TAG = re.compile(r"\{[%{].*?[%}]\}", re.DOTALL)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")


def _gap(tag: re.Match[str]) -> str:
    """Return what stands for a template's tag: a block parts words, a value is inside one."""
    return " " if tag[0].startswith("{%") else ""


def rules(nodes: list[Any]) -> Iterator[Any]:
    """Yield all rules with selectors, also those inside media queries."""
    for node in nodes:
        if node.type == "qualified-rule":
            yield node
        if node.type == "at-rule" and node.lower_at_keyword == "media":
            content = tinycss2.parse_rule_list(node.content, skip_comments=True)
            yield from rules([rule for rule in content if rule.type != "whitespace"])


def parsed(file: Path) -> list[Any]:
    return list(
        tinycss2.parse_stylesheet(file.read_text(), skip_comments=True, skip_whitespace=True)
    )


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_a_stylesheet_has_no_errors(file: Path) -> None:
    assert [node.message for node in parsed(file) if node.type == "error"] == []


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_selectors_are_classes_only(file: Path) -> None:
    for rule in rules(parsed(file)):
        before: Any = None  # the token in front
        for token in rule.prelude:
            assert token.type != "hash", f"{file.name}: an id as a selector: #{token.value}"
            follows_sign = before is not None and before.type == "literal" and before.value in ".:"
            if token.type == "ident":
                assert follows_sign, f"{file.name}: a tag as a selector: {token.value}"
                if before.value == ".":
                    assert CLASS.match(token.value), f"{file.name}: an odd class: {token.value}"
            before = token


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_colours_are_written_as_tokens(file: Path) -> None:
    assert file.name == "tokens.css" or COLOUR.findall(file.read_text()) == []


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_sizes_are_in_rem_and_sides_are_logical(file: Path) -> None:
    text = file.read_text()

    assert re.findall(r"\b(?:margin|padding|border)-(?:left|right|top|bottom)\b", text) == []
    assert re.findall(r"(?:^|[;{]\s*)(?:width|height|left|right|top|bottom)\s*:", text) == []
    # Letters inside a drawing follow its own units.
    assert file.name == "plot.css" or re.findall(r"\b\d+px\b", text) == []


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_every_stylesheet_is_loaded(file: Path) -> None:
    assert f"css/{file.name}" in ASSETS


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_is_short_and_has_no_inline_styles_or_scripts(file: Path) -> None:
    text = file.read_text()

    assert len(text.splitlines()) < 100
    assert " style=" not in text
    assert not re.search(r"\son\w+=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "<!--" not in text


def test_classes_of_templates_are_styled() -> None:
    styled = set(re.findall(r"\.([a-z][\w-]*)", "".join(file.read_text() for file in STYLES)))
    framework = settings.BASE / "static/vendor/bootstrap-5.3.9/bootstrap.min.css"
    styled |= set(re.findall(r"\.([a-z][\w-]*)", framework.read_text()))
    used = {
        word
        for file in TEMPLATES
        for found in re.findall(r'class="([^"]*)"', TAG.sub(_gap, file.read_text()))
        for word in found.split()
        if not word.endswith("--")
    }

    assert used - styled == set()


def test_third_party_files_come_with_their_licence_and_are_written_down() -> None:
    vendor = settings.BASE / "static" / "vendor"
    readme = (vendor / "README.md").read_text()

    for folder in (path for path in vendor.iterdir() if path.is_dir()):
        name, _, version = folder.name.rpartition("-")
        assert (folder / "LICENSE").is_file()
        assert name in readme
        assert version in readme
        assert f"vendor/{folder.name}/" in ASSETS
