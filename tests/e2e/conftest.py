"""A real browser in front of the site's own pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from challenges.models import Challenge, Membership, Phase, Submission, User
from challenges.services.submissions import Details
from evaluator.outcomes import Outcome
from tests import factories

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PASSWORD = "correct horse"
SCHEMA = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "format": "uri", "title": "Code", "x-leaderboard": True},
        "approach": {"type": "string", "enum": ["classical", "learned"]},
        "notes": {"type": "string", "maxLength": 2000},
    },
}
TEXT = r"""# Rain tomorrow

Will it rain? Say $p(x) = \frac{1}{2}$, or $$\sum_{i=1}^n x_i$$

| station | rain |
|---|--:|
| one | 0 |

:::{warning}
Rain is wet.[^1]
:::

- [x] done

```python
print("a long line of code that does not fit on the screen of a phone, however it is held")
```

[^1]: So they say.
"""


@dataclass(frozen=True)
class World:
    """A challenge with people and submissions in every state."""

    challenge: Challenge
    phase: Phase
    organiser: User
    membership: Membership
    scored: Submission
    rejected: Submission
    queued: Submission


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Chromium, with nothing of anybody in it."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Its event loop runs in this thread, where the tests use the database too.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def world(transactional_db: None, tmp_path: Path) -> World:  # noqa: ARG001 - opens the database
    organiser = factories.make_user("ada@example.org", "Ada")
    data = {**factories.config(), "metadata_schema": SCHEMA}
    files = {"pages/overview.md": TEXT.encode(), "pages/faq.md": b"# Questions\n\nNone yet.\n"}
    challenge = factories.make_challenge(tmp_path / "rain", data, files)
    phase = factories.only_phase(challenge)
    membership = factories.make_membership(
        challenge, factories.make_user("grace@example.org", "Grace"), "Owls"
    )
    factories.make_scored(phase, factories.make_team(challenge, "Cats"), accuracy=0.5)
    said = Details("trees", "Many trees.", {"code": "https://example.org/code"})
    scored = factories.finish(
        factories.make_submission(phase, membership.team, details=said), _much()
    )
    rejected = factories.finish(
        factories.make_submission(phase, membership.team), factories.rejected()
    )
    queued = factories.make_submission(phase, membership.team)
    return World(challenge, phase, organiser, membership, scored, rejected, queued)


def _much() -> Outcome:
    """Return scores of many kinds and cases, with notes."""
    others = {f"north_of_the_river_{n}": n / 64 for n in range(30)}
    cases = {f"crop/north_of_the_river/case-{n:02}": {"accuracy": n / 64} for n in range(60)}
    cases["crop/north_of_the_river/case-00"] |= others
    notes = tuple(f"crop/north_of_the_river/{'x' * 60}/{n} covers 2/3 of it." for n in range(14))
    outcome = factories.scored({"accuracy": 0.75, **others}, cases)
    return outcome.model_copy(update={"notes": notes})


@dataclass(frozen=True)
class Visitor:
    """One person's browser window."""

    context: BrowserContext
    page: Page
    site: str

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(self.site + path)
        return self.page

    def sign_in(self, email: str) -> "Visitor":
        """Sign in by the form, as people do."""
        page = self.open("/accounts/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(rf"^{re.escape(self.site)}/$"))
        return self


class Visitors:
    """Opens windows, each with its own cookies."""

    def __init__(self, chromium: Browser, site: str) -> None:
        self._chromium = chromium
        self._site = site
        self._contexts: list[BrowserContext] = []

    def __call__(self, *, width: int = 1280, **options: Any) -> Visitor:
        """Open a window."""
        context = self._chromium.new_context(viewport={"width": width, "height": 900}, **options)
        self._contexts.append(context)
        return Visitor(context, context.new_page(), self._site)

    def close(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitor(chromium: Browser, live_server: Any) -> Iterator[Visitors]:
    """Return a function that opens a window in front of the site."""
    visitors = Visitors(chromium, live_server.url)
    yield visitors
    visitors.close()
