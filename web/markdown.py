"""Pages in MyST Markdown to HTML that is safe to show."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from web.directives import code, directive, is_directive
from web.mathml import mathml
from web.sanitising import sanitised

# Returns where a link or image of a page leads; None when it leads nowhere that we would send to.
Resolve = Callable[[str], str | None]

MAX_NESTING = 4
CLASSES = {
    "heading_open": "prose__heading",
    "bullet_list_open": "prose__list",
    "ordered_list_open": "prose__list",
    "blockquote_open": "prose__quote",
    "dl_open": "prose__terms",
    "hr": "prose__rule",
    "image": "prose__image",
    "code_inline": "prose__word",
    "th_open": "prose__cell",
    "td_open": "prose__cell",
}
ALIGNMENT = {"text-align:right": "prose__cell--end", "text-align:center": "prose__cell--center"}


@dataclass(frozen=True)
class Rendered:
    """A page as HTML; `title` is from the front matter or the first heading, else empty."""

    title: str
    html: str


def render(text: str, resolve: Resolve) -> Rendered:
    """Return a page, without its title: the site shows that itself."""
    env: dict[str, Any] = {"resolve": resolve, "nesting": 0, "whole": True}
    tokens = _MARKDOWN.parse(text, env)
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env)
    return Rendered(env.get("title", ""), sanitised(html))


def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    md.use(front_matter_plugin).use(footnote_plugin).use(deflist_plugin)
    md.use(tasklists_plugin, label=True).use(colon_fence_plugin)
    # Without allow_digits, "5$ to 6$" is money.
    md.use(dollarmath_plugin, allow_labels=False, allow_digits=False, renderer=_math)
    md.use(anchors_plugin, max_level=4)
    md.core.ruler.push("page", _shape)
    for name in ("colon_fence", "fence", "code_block"):
        md.add_render_rule(name, _fence)
    md.add_render_rule("math_block", _math_block)
    md.add_render_rule("table_open", _table_open)
    md.add_render_rule("table_close", _table_close)
    return md


def _shape(state: StateCore) -> None:
    """Take the title out, fit the headings below the site's own, resolve links and images."""
    if state.env.get("whole"):
        state.env["whole"] = False  # what stands inside an admonition has no title
        state.env["title"] = _take_title(state.tokens)
    for token in state.tokens:
        if token.type in {"th_open", "td_open"}:
            _align(token)
        if token.children:
            token.children = _resolved(token.children, state.env["resolve"])
        for part in (token, *(token.children or ())):
            if part.type in CLASSES:
                part.attrJoin("class", CLASSES[part.type])


def _take_title(tokens: list[Token]) -> str:
    title = _front_matter_title(tokens)
    first = next((n for n, token in enumerate(tokens) if token.type == "heading_open"), None)
    if first is None or tokens[first].tag != "h1":
        return title
    heading = _plain(tokens[first + 1])
    if not title or title == heading:
        del tokens[first : first + 3]
    return title or heading


def _front_matter_title(tokens: list[Token]) -> str:
    matter = next((token for token in tokens if token.type == "front_matter"), None)
    if matter is None:
        return ""
    try:
        data = yaml.safe_load(matter.content)
    except yaml.YAMLError:
        return ""
    title = data.get("title") if isinstance(data, dict) else None
    return title.strip() if isinstance(title, str) else ""


def _plain(inline: Token) -> str:
    parts = [token.content for token in inline.children or () if token.content]
    return " ".join("".join(parts).split())


def _align(token: Token) -> None:
    style = token.attrs.pop("style", "")
    if style in ALIGNMENT:
        token.attrSet("class", ALIGNMENT[str(style)])


def _resolved(children: list[Token], resolve: Resolve) -> list[Token]:
    """Return inline tokens whose links and images lead where the site sends people."""
    result: list[Token] = []
    for token in children:
        if token.type == "link_open":
            target = resolve(str(token.attrs.get("href", "")))
            token.attrs = {**token.attrs, "href": target} if target else {}
        if token.type == "image":
            result += _image(token, resolve)
        else:
            result.append(token)
    return result


def _image(token: Token, resolve: Resolve) -> list[Token]:
    """Return the image; only its words when it lies elsewhere: no page loads from other sites."""
    target = resolve(str(token.attrs.get("src", "")))
    if target is None or not target.startswith("/"):
        words = Token("text", "", 0)
        words.content = token.content
        return [words]
    token.attrSet("src", target)
    token.attrSet("loading", "lazy")
    return [token]


def _math(content: str, options: dict[str, Any]) -> str:
    return mathml(content, is_block=bool(options["display_mode"]))


def _math_block(self: Any, tokens: list[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ARG001
    return f'<div class="prose__math">{mathml(tokens[idx].content, is_block=True)}</div>\n'


def _fence(self: Any, tokens: list[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ARG001
    token = tokens[idx]
    if not is_directive(token.info) or env["nesting"] >= MAX_NESTING:
        return code(token.content)
    inner = {"resolve": env["resolve"], "nesting": env["nesting"] + 1}
    return directive(token.info, token.content, lambda text: str(_MARKDOWN.render(text, inner)))


def _table_open(*_: Any) -> str:
    # Wide tables scroll inside their box, by keyboard too.
    return (
        '<div class="prose__table" role="group" aria-label="Table" tabindex="0">'
        '<table class="prose__grid">\n'
    )


def _table_close(*_: Any) -> str:
    return "</table></div>\n"


_MARKDOWN = _parser()
