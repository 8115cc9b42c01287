"""The texts of a challenge: overview, data, rules and the others."""

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from web.api.access import find_challenge
from web.api.auth import ANYBODY, OPTIONAL
from web.api.errors import NotFound
from web.api.schemas.pages import PageInfo, PageLink, PageList
from web.pages import Page, pages_of, source_of

router = Router(tags=["challenges"])


@router.get("challenges/{slug}/pages", auth=ANYBODY, response=PageList, openapi_extra=OPTIONAL)
def list_pages(request: HttpRequest, slug: str) -> PageList:  # noqa: ARG001 - ninja's signature
    """The pages of a challenge, in the order of their tabs."""
    challenge = find_challenge(slug)
    return PageList(
        revision=challenge.revision.number,
        pages=tuple(PageLink(**_link(slug, page)) for page in pages_of(challenge)),
    )


@router.get(
    "challenges/{slug}/pages/{name}", auth=ANYBODY, response=PageInfo, openapi_extra=OPTIONAL
)
def show_page(request: HttpRequest, slug: str, name: str) -> PageInfo:  # noqa: ARG001 - as above
    """One page: as it was written, and as HTML."""
    challenge = find_challenge(slug)
    page = next((page for page in pages_of(challenge) if page.name == name), None)
    if page is None:
        raise NotFound(f"There is no page '{name}' in '{slug}'.")
    return PageInfo(**_link(slug, page), markdown=source_of(challenge, name), html=page.html)


def _link(slug: str, page: Page) -> dict[str, str]:
    return {
        "name": page.name,
        "title": page.heading or page.label,
        "url": reverse("api:show_page", args=[slug, page.name]),
    }
