"""The pages of a challenge: which there are, in which order, rendered once per revision."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.cache import caches
from django.urls import reverse

from challenges.blobs import site_blobs
from challenges.models import Challenge
from evaluator.manifests import FileEntry
from web.markdown import Rendered, render

FIRST = ("overview", "data", "evaluation", "rules")
PUBLIC = "public/"
# A page of text; more would only keep the renderer busy.
MAX_PAGE_BYTES = 512 * 1024
# A revision never changes; the number grows when rendering does.
CACHE_SECONDS = 86_400
RENDERING = 1
_NAME = re.compile(r"^pages/([A-Za-z0-9][A-Za-z0-9_-]{0,59})\.md$")


@dataclass(frozen=True)
class Page:
    """One page: its name in the address, the word on its tab, its heading, its text as HTML."""

    name: str
    label: str
    heading: str  # empty where the page's title is the challenge's own
    html: str
    address: str


def pages_of(challenge: Challenge) -> tuple[Page, ...]:
    """Return the pages of the challenge's current revision in the order of their tabs."""
    revision = challenge.revision
    key = f"pages-{RENDERING}-{revision.pk}-{revision.digest}"
    cache = caches["process"]
    found: tuple[Page, ...] | None = cache.get(key)
    if found is None:
        found = _pages(challenge)
        cache.set(key, found, CACHE_SECONDS)
    return found


def source_of(challenge: Challenge, name: str) -> str:
    """Return a page's text as it was written; empty for the page of data that nobody wrote."""
    for entry in challenge.revision.manifest.files:
        match = _NAME.match(entry.path)
        if match and match[1] == name:
            return _text(entry)
    return ""


def public_files(challenge: Challenge) -> dict[str, FileEntry]:
    """Return what may be downloaded, by path below `public/`. Nothing else is ever served."""
    return {
        entry.path.removeprefix(PUBLIC): entry
        for entry in challenge.revision.manifest.files
        if entry.path.startswith(PUBLIC)
    }


def image_address(challenge: Challenge) -> str:
    """Return the address of the challenge's picture; empty when it has none to show."""
    image = challenge.revision.config.image or ""
    if not image.startswith(PUBLIC):
        return ""
    return reverse("challenge-file", args=[challenge.slug, image.removeprefix(PUBLIC)])


def _pages(challenge: Challenge) -> tuple[Page, ...]:
    found = {}
    for entry in challenge.revision.manifest.files:
        match = _NAME.match(entry.path)
        if match:
            found[match[1]] = entry
    links = _Links(challenge.slug, found, public_files(challenge))
    rendered = {name: render(_text(entry), links.resolve) for name, entry in found.items()}
    # Every challenge has a page of its data: the list of files stands there.
    rendered.setdefault("data", Rendered("Data", ""))
    names = sorted(rendered, key=lambda name: (_place(name), name))
    return tuple(_page(challenge, name, rendered[name]) for name in names)


def _place(name: str) -> int:
    return FIRST.index(name) if name in FIRST else len(FIRST)


def _page(challenge: Challenge, name: str, rendered: Rendered) -> Page:
    plain = name.replace("-", " ").replace("_", " ").capitalize()
    is_challenge = rendered.title in {"", challenge.title}
    return Page(
        name=name,
        label=plain if is_challenge or name in FIRST else rendered.title,
        heading="" if rendered.title == challenge.title else rendered.title or plain,
        html=rendered.html,
        address=_address(challenge.slug, name),
    )


def _address(slug: str, name: str) -> str:
    if name == "overview":
        return reverse("challenge", args=[slug])
    if name == "data":
        return reverse("challenge-data", args=[slug])
    return reverse("challenge-page", args=[slug, name])


def _text(entry: FileEntry) -> str:
    with site_blobs().open(entry.sha256) as file:
        return file.read(MAX_PAGE_BYTES).decode("utf-8", "replace")


@dataclass(frozen=True)
class _Links:
    """Where links and images of a challenge's pages lead."""

    slug: str
    pages: Mapping[str, FileEntry]
    public: Mapping[str, FileEntry]

    def resolve(self, href: str) -> str | None:
        """Return the address; None for what is not there and for schemes that we do not send to."""
        parts = urlsplit(href)
        if parts.scheme or parts.netloc:
            return href if parts.scheme in {"http", "https", "mailto"} else None
        if not parts.path:
            return href if parts.fragment else None
        fragment = f"#page-{parts.fragment}" if parts.fragment else ""
        # Pages lie in pages/, so an editor's preview needs ../public; people also write public/.
        path = posixpath.normpath(unquote(parts.path)).removeprefix("../")
        if path.startswith(PUBLIC) and path.removeprefix(PUBLIC) in self.public:
            return reverse("challenge-file", args=[self.slug, path.removeprefix(PUBLIC)])
        match = _NAME.match(path if path.startswith("pages/") else f"pages/{path}")
        if match and match[1] in self.pages:
            return _address(self.slug, match[1]) + fragment
        return None
