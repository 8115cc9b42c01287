"""Directives of MyST that pages use: boxes with a title, formulas, code."""

import re
from collections.abc import Callable
from html import escape

from web.mathml import mathml

_DIRECTIVE = re.compile(r"^\{([a-z-]+)\}\s*(.*)$")
_OPTION = re.compile(r"^:[a-z-]+:.*$")
TITLES = {
    "note": "Note",
    "seealso": "See also",
    "tip": "Tip",
    "hint": "Hint",
    "important": "Important",
    "attention": "Attention",
    "caution": "Caution",
    "warning": "Warning",
    "danger": "Danger",
    "error": "Error",
}
TONES = {
    "tip": "tip",
    "hint": "tip",
    "attention": "warning",
    "caution": "warning",
    "warning": "warning",
    "important": "warning",
    "danger": "danger",
    "error": "danger",
}


def is_directive(info: str) -> bool:
    """True for the first line of a fence that names a directive, as `{note}`."""
    return _DIRECTIVE.match(info.strip()) is not None


def directive(info: str, content: str, render: Callable[[str], str]) -> str:
    """Return the HTML of a directive; one that is not known here shows its content as it stands."""
    found = _DIRECTIVE.match(info.strip())
    name, argument = (found[1], found[2].strip()) if found else ("", "")
    if name == "math":
        return f'<div class="prose__math">{mathml(content.strip(), is_block=True)}</div>\n'
    if name in {"code-block", "code"} or name not in {*TITLES, "admonition"}:
        return code(content)
    title = argument or TITLES.get(name, "Note")
    tone = f" admonition--{TONES[name]}" if name in TONES else ""
    return (
        f'<aside class="admonition{tone}" role="note">'
        f'<p class="admonition__title">{escape(title)}</p>\n{render(_without_options(content))}'
        "</aside>\n"
    )


def code(content: str) -> str:
    """Return the HTML of a block of code."""
    return f'<pre class="prose__code" tabindex="0"><code>{escape(content)}</code></pre>\n'


def _without_options(content: str) -> str:
    lines = content.splitlines()
    while lines and _OPTION.match(lines[0]):
        lines.pop(0)
    return "\n".join(lines)
