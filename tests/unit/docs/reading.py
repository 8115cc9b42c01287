"""The pages of the documentation, read as Markdown."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.generator.pages import DOCS

ROOT = DOCS.parent
PAGES = (ROOT / "README.md", ROOT / "SECURITY.md", *sorted(DOCS.rglob("*.md")))


@dataclass(frozen=True)
class Section:
    """A heading and the plain text below it, up to the next heading."""

    title: str
    text: str


@cache
def tokens(page: Path) -> list[Token]:
    """Return the page's Markdown, parsed as GitHub does."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return parser.parse(page.read_text(encoding="utf-8"))


def name_of(page: Path) -> str:
    """Return the page's path below the repository."""
    return page.relative_to(ROOT).as_posix()


def links(page: Path) -> list[str]:
    """Return where the page's links and images lead, but for the picture of the running site."""
    found = []
    for token in tokens(page):
        for child in token.children or ():
            target = child.attrs.get("href" if child.type == "link_open" else "src")
            if child.type in {"link_open", "image"} and target != "docs/images/site.png":
                found.append(str(target))
    return found


def sections(page: Path) -> list[Section]:
    """Return the page's sections in order."""
    found: list[tuple[str, list[str]]] = []
    for before, token in pairwise(tokens(page)):
        if token.type != "inline":
            continue
        if before.type == "heading_open":
            found.append((token.content, []))
        elif found:
            found[-1][1].append(token.content)
    return [Section(title, "\n".join(texts)) for title, texts in found]


def anchors(page: Path) -> set[str]:
    """Return what `#…` may name on the page: GitHub's and MyST's names of its headings."""
    plain = (re.sub(r"[^\w\s-]", "", section.title.lower()) for section in sections(page))
    return {re.sub(r"\s", "-", title) for title in plain}


def fences(page: Path, language: str) -> list[str]:
    """Return the page's blocks of code in a language."""
    return [t.content for t in tokens(page) if t.type == "fence" and t.info == language]
