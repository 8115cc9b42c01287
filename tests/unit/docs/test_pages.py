"""Every page can be read, found and trusted to lead somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from challenges.config.scoring import ScoringConfig
from tests.unit.docs.reading import PAGES, ROOT, anchors, fences, links, name_of, tokens

# `make bench` writes it, on the machine that it measures.
MEASURED = ROOT / "docs" / "bench.md"

each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


def _leads_to(page: Path, href: str) -> Path:
    path = unquote(urlsplit(href).path)
    return (page.parent / path).resolve() if path else page


@each_page
def test_a_relative_link_leads_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    relative = [href for href in links(page) if not urlsplit(href).scheme]

    dead = [href for href in relative if not _leads_to(page, href).exists()]
    lost = [
        href
        for href in relative
        if (fragment := urlsplit(href).fragment)
        and href not in dead
        and fragment not in anchors(_leads_to(page, href))
    ]

    assert (dead, lost) == ([], [])


@each_page
def test_a_page_begins_with_its_only_title(page: Path) -> None:
    headings = [token.tag for token in tokens(page) if token.type == "heading_open"]

    assert tokens(page)[0].tag == "h1"
    assert headings.count("h1") == 1


@each_page
def test_a_page_speaks_of_nothing_outside_the_project(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert not re.search(r"\.\./shared|DESIGN\.md|SANDBOX\.md|STYLE\.md|pypi\.org|/work/", text)


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]

    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        waiting += [_leads_to(page, href) for href in links(page) if not urlsplit(href).scheme]

    assert [name_of(page) for page in PAGES if page not in reached | {MEASURED}] == []


@each_page
def test_yaml_on_a_page_is_yaml_and_its_scoring_is_valid(page: Path) -> None:
    for text in fences(page, "yaml"):
        data = yaml.safe_load(text)

        if isinstance(data, dict) and "scoring" in data:
            ScoringConfig.model_validate(data["scoring"])
