"""What a page of ours consists of, as a browser reads it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

LOADING = {"src", "srcset", "poster", "data", "action", "formaction", "background"}
LEADING = {"http", "https", "mailto", ""}


@dataclass
class Element:
    """One start tag."""

    tag: str
    attributes: dict[str, str]


@dataclass
class Page(HTMLParser):
    """One parsed page."""

    text: str
    elements: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    after_body: list[str] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    _open_tag: str = ""
    _is_over: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        is_data = self.elements[-1].attributes.get("type") == "application/json"
        self._open_tag = "" if is_data else tag
        if self._is_over:
            self.after_body.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note the end of the page's body."""
        self._open_tag = ""
        self._is_over = self._is_over or tag == "body"

    def handle_data(self, data: str) -> None:
        """Note the text, apart from that of scripts."""
        (self.script if self._open_tag == "script" else self.words).append(data)

    @property
    def inline(self) -> list[str]:
        """Scripts and styles that stand in the page itself."""
        found = [text for text in self.script if text.strip()]
        for element in self.elements:
            for name, value in element.attributes.items():
                if name.startswith("on") or name == "style" or element.tag == "style":
                    found.append(f"{element.tag} {name}={value}")
        return found

    @property
    def foreign(self) -> list[str]:
        """What the page would load from, or send to, another site."""
        found = []
        for element in self.elements:
            names = LOADING | ({"href"} if element.tag in {"link", "base", "use"} else set())
            for name in names & element.attributes.keys():
                parts = urlsplit(element.attributes[name])
                if parts.netloc or parts.scheme not in {"", "data"}:
                    found.append(f"{element.tag} {name}={element.attributes[name]}")
        return found

    @property
    def misleading(self) -> list[str]:
        """Links that run something instead of leading somewhere."""
        links = [e.attributes["href"] for e in self.elements if "href" in e.attributes]
        return [href for href in links if urlsplit(href.strip()).scheme not in LEADING]

    def all(self, tag: str) -> list[Element]:
        """Return the elements with a tag."""
        return [element for element in self.elements if element.tag == tag]
