"""Every page, in both themes and at two widths: accessible, whole, and without complaints."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

from tests.e2e.conftest import Visitors, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GRACE, ADA = "grace@example.org", "ada@example.org"
PHONE, DESKTOP = 390, 1280
Address = str | Callable[[World], str]
PAGES: dict[str, tuple[str, Address]] = {
    "home": ("", "/"),
    "overview": ("", "/challenges/rain/"),
    "overview of a member": (GRACE, "/challenges/rain/"),
    "data": ("", "/challenges/rain/data/"),
    "page": ("", "/challenges/rain/pages/faq/"),
    "leaderboard": (GRACE, "/challenges/rain/leaderboard/"),
    "filtered leaderboard": ("", "/challenges/rain/leaderboard/main/main/?q=nobody"),
    "sign in": ("", "/accounts/login/"),
    "sign up": ("", "/accounts/signup/"),
    "new password": ("", "/accounts/password/reset/"),
    "join": (ADA, "/challenges/rain/join/"),
    "invitation": (ADA, lambda w: f"/invitations/{w.membership.team.invitation}/"),
    "team": (GRACE, "/challenges/rain/team/"),
    "submit": (GRACE, "/challenges/rain/submit/main/"),
    "my submissions": (GRACE, "/challenges/rain/submissions/"),
    "scored": (GRACE, lambda w: w.scored.get_absolute_url()),
    "rejected": (GRACE, lambda w: w.rejected.get_absolute_url()),
    "queued": (GRACE, lambda w: w.queued.get_absolute_url()),
    "scored, for organisers": (ADA, lambda w: w.scored.get_absolute_url()),
    "organise": (ADA, "/challenges/rain/organise/"),
    "account": (GRACE, "/account/"),
    "addresses": (GRACE, "/accounts/email/"),
    "second factor": (GRACE, "/accounts/2fa/"),
    "authenticator app": (GRACE, "/accounts/2fa/totp/activate/"),
    "security key": (GRACE, "/accounts/2fa/webauthn/add/"),
    "password": (GRACE, "/accounts/password/change/"),
    "nothing": ("", "/nothing/"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_whole_and_without_complaints(
    name: str, world: World, visitor: Visitors
) -> None:
    person, address = PAGES[name]
    window = visitor(reduced_motion="reduce")  # colours change at once with the theme
    complaints: list[str] = []
    window.page.on("console", lambda said: note(complaints, said))
    if person:
        window.sign_in(person)

    page = window.open(address if isinstance(address, str) else address(world))

    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0, f"{name} is too wide at {width} px"
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page) == [], f"{name}, {theme}, {width} px"
    allowed = 1 if name == "nothing" else 0  # the browser notes the 404 that was asked for
    assert len(complaints) == allowed, complaints


def note(complaints: list[str], said: ConsoleMessage) -> None:
    """Keep what the browser complains about; it gives advice of other kinds too."""
    if said.type in {"error", "warning"}:
        complaints.append(said.text)


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


def violations(page: Page) -> list[str]:
    """Return what axe finds that is serious or critical."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in {"serious", "critical"}
        for node in rule["nodes"]
    ]
