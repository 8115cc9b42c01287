"""What notebooks show: small HTML tables without styles of their own."""

from collections.abc import Iterable, Sequence
from html import escape


def html_table(title: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with a caption; all texts are escaped."""
    head = "".join(f"<th>{escape(text)}</th>" for text in titles)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    caption = f"<caption>{escape(title)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_pairs(title: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a table of names and values; what has no value is left out."""
    known = ((escape(name), escape(value)) for name, value in pairs if value)
    body = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in known)
    return f"<table><caption>{escape(title)}</caption><tbody>{body}</tbody></table>"
