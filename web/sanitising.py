"""What HTML a page may consist of: an allow-list, applied after everything has been rendered."""

import nh3

ID_PREFIX = "page-"  # headings of a page cannot take the names of the site's own parts
SCHEMES = {"http", "https", "mailto"}
TEXT_TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "em", "strong", "s", "code", "pre"),
    *("blockquote", "ul", "ol", "li", "dl", "dt", "dd", "a", "img", "sup", "sub", "section"),
    *("table", "thead", "tbody", "tr", "th", "td", "div", "aside", "span", "label", "input"),
}
MATH_TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msup", "msub", "msubsup", "mfrac"),
    *("msqrt", "mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle"),
    *("menclose", "mpadded", "mphantom", "mmultiscripts", "mprescripts", "none"),
}
ATTRIBUTES = {
    "*": {"id"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "loading"},
    "ol": {"start"},
    "input": {"disabled", "checked"},
    "div": {"tabindex"},
    "pre": {"tabindex"},
    "math": {"display"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "form", "separator", "lspace", "rspace", "minsize", "maxsize"},
    "mfrac": {"linethickness"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
    "mtd": {"columnalign"},
    "mspace": {"width"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "menclose": {"notation"},
    "mover": {"accent"},
    "munder": {"accentunder"},
}
ONLY_VALUES = {
    "input": {"type": {"checkbox"}},
    "div": {"role": {"group"}, "aria-label": {"Table"}},
    "aside": {"role": {"note"}},
}
CLASSES = {
    "div": {"prose__table", "prose__math"},
    "aside": {"admonition", "admonition--tip", "admonition--warning", "admonition--danger"},
    "p": {"admonition__title"},
    "table": {"prose__grid"},
    "th": {"prose__cell", "prose__cell--end", "prose__cell--center"},
    "td": {"prose__cell", "prose__cell--end", "prose__cell--center"},
    "ul": {"prose__list", "contains-task-list"},
    "ol": {"prose__list", "footnotes-list"},
    "li": {"task-list-item", "footnote-item"},
    "dl": {"prose__terms"},
    "blockquote": {"prose__quote"},
    "pre": {"prose__code"},
    "code": {"prose__word"},
    "hr": {"prose__rule", "footnotes-sep"},
    "img": {"prose__image"},
    "section": {"footnotes"},
    "a": {"footnote-backref"},
    **{f"h{level}": {"prose__heading"} for level in range(1, 7)},
}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Let links within a page follow their headings' prefix."""
    if (tag, name) == ("a", "href") and value.startswith("#"):
        return f"#{ID_PREFIX}{value[1:]}"
    return value


_CLEANER = nh3.Cleaner(
    tags=TEXT_TAGS | MATH_TAGS,
    clean_content_tags={"script", "style"},
    attributes=ATTRIBUTES,
    attribute_filter=_attribute,
    tag_attribute_values=ONLY_VALUES,
    allowed_classes=CLASSES,
    url_schemes=SCHEMES,
    link_rel="nofollow noopener",
    id_prefix=ID_PREFIX,
)


def sanitised(html: str) -> str:
    """Return only what a page may consist of."""
    return _CLEANER.clean(html)
