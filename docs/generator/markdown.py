"""Tables, and the marked blocks of a page that are generated."""

import re
from collections.abc import Iterable, Mapping, Sequence

_BLOCK = re.compile(r"(<!-- begin: ([a-z-]+) -->\n).*?(<!-- end: \2 -->)", re.DOTALL)


class BlocksDiffer(ValueError):
    """A page does not have exactly the blocks that are generated for it."""

    def __init__(self, page: str, found: Iterable[str], wanted: Iterable[str]) -> None:
        super().__init__(
            f"{page} has the generated blocks {sorted(found)}; it needs {sorted(wanted)}."
        )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; cells are Markdown of one line."""
    lines = [_row(header), _row(["---"] * len(header)), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def code(text: object) -> str:
    """Return `text` as code inside a line."""
    return f"`{text}`"


def sentence(text: str) -> str:
    """Return `text` with a full stop, and a capital letter where it begins with a plain word."""
    starts_with_word = re.match(r"[a-z]+ ", text) is not None
    return f"{text[:1].upper() if starts_with_word else text[:1]}{text[1:].rstrip('.')}."


def with_blocks(page: str, text: str, blocks: Mapping[str, str]) -> str:
    """Return the page's text with the marked blocks replaced.

    Raises: BlocksDiffer when a block is not there, or one is there that nothing generates.
    """
    found = [match[2] for match in _BLOCK.finditer(text)]
    if sorted(found) != sorted(blocks):
        raise BlocksDiffer(page, found, blocks)
    return _BLOCK.sub(lambda match: f"{match[1]}\n{blocks[match[2]]}\n{match[3]}", text)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
