"""The pages of a challenge over the wire."""

from web.api.schemas.base import Frozen


class PageLink(Frozen):
    """One page of a challenge."""

    name: str
    title: str
    url: str


class PageList(Frozen):
    """The pages of a challenge, in the order of their tabs."""

    revision: int
    pages: tuple[PageLink, ...]


class PageInfo(PageLink):
    """A page with its text: as it was written, and as it is shown."""

    markdown: str
    html: str
