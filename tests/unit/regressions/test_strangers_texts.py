"""What participants write is shown as text, wherever it stands, and no page loads or runs more."""

from pathlib import Path

import pytest
from django.test import Client

from challenges.models import Membership, Phase, Submission, User
from challenges.services.submissions import Details
from evaluator.codes import Code, Status
from evaluator.outcomes import Outcome, Problem
from tests import factories
from tests.unit.regressions.markup import Page
from tests.unit.regressions.walking import Addresses

pytestmark = pytest.mark.django_db

ELEMENT = "<img src=x onerror=alert(1)>"
ATTRIBUTE = "x onmouseover=alert(1) y"
QUOTED = "\"'><script>alert(1)</script>"
LINK = "javascript:alert(1)//https://example.org"
MARKDOWN = b"""# Rules

<script>alert(1)</script><img src=x onerror=alert(1)><iframe src="//evil.example"></iframe>
[a](javascript:alert(1)) [b]: x ![c](https://evil.example/pixel.png) <a href=x style=color:red>d</a>
"""


@pytest.fixture
def poisoned(phase: Phase, grace: Membership, submission: Submission) -> None:  # noqa: ARG001 - first
    """Say hostile things in every place where a participant can say something."""
    User.objects.filter(pk=grace.user_id).update(name=ELEMENT)
    grace.team.name = QUOTED
    grace.team.save(update_fields=["name"])
    for text in (ELEMENT, ATTRIBUTE, QUOTED, LINK):
        details = Details(text, text, {"repository": text})
        poison = factories.make_scored(phase, grace.team, accuracy=0.9, details=details)
        Submission.objects.filter(pk=poison.pk).update(filename=text)
    problem = Problem(code=Code.CASE_MISSING, path=ELEMENT, message=QUOTED)
    outcome = Outcome(
        status=Status.REJECTED, code=Code.CASE_MISSING, message=QUOTED, problems=(problem,)
    )
    factories.finish(factories.make_submission(phase, grace.team), outcome)


def read(client: Client, addresses: Addresses, phase: Phase) -> dict[str, Page]:
    """Return every page that a person can open, with those of every submission."""
    wanted = list(addresses)
    for row in phase.submissions.all():
        wanted += addresses.but(submission_id=row.pk).with_place("submission_id")
    pages = {}
    for address in dict.fromkeys(wanted):
        response = client.get(address)
        content = b"".join(response)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            pages[address] = Page(content.decode())
    return pages


@pytest.mark.parametrize("reader", ["nobody", "grace", "ada"])
def test_no_text_of_a_participant_becomes_part_of_a_page(
    client: Client,
    addresses: Addresses,
    phase: Phase,
    grace: Membership,
    ada: User,
    poisoned: None,  # noqa: ARG001 - before the pages are read
    reader: str,
) -> None:
    if reader != "nobody":
        client.force_login(
            {"grace": grace.user, "ada": ada}[reader], "django.contrib.auth.backends.ModelBackend"
        )

    pages = read(client, addresses, phase)

    seen = [word for page in pages.values() for word in page.words if "alert(1)" in word]
    assert len(seen) >= {"nobody": 5, "grace": 25, "ada": 25}[reader]
    assert {address: page.inline for address, page in pages.items() if page.inline} == {}
    assert {address: page.foreign for address, page in pages.items() if page.foreign} == {}
    assert {a: page.misleading for a, page in pages.items() if page.misleading} == {}
    assert [
        a for a, p in pages.items() for image in p.all("img") if image.attributes["src"] == "x"
    ] == []
    assert {address: page.after_body for address, page in pages.items() if page.after_body} == {}


def test_a_page_of_an_organiser_runs_and_loads_nothing(tmp_path: Path, client: Client) -> None:
    factories.make_challenge(tmp_path, files={"pages/rules.md": MARKDOWN})

    page = Page(client.get("/challenges/rain/pages/rules/").content.decode())

    assert (page.inline, page.foreign, page.misleading) == ([], [], [])
    assert page.all("iframe") == []


def test_a_link_of_a_participant_leads_where_it_says(
    client: Client, phase: Phase, grace: Membership
) -> None:
    address = "https://example.org/?a=1&b=%22%20onclick=alert(1)"
    details = Details(metadata={"repository": address})
    factories.make_scored(phase, grace.team, accuracy=0.9, details=details)

    page = Page(client.get("/challenges/rain/leaderboard/").content.decode())

    (link,) = [e for e in page.all("a") if e.attributes["href"].startswith("https:")]
    assert link.attributes["href"] == address
    assert set(link.attributes) == {"href", "rel"}


@pytest.mark.parametrize("path", ["/", "/challenges/rain/", "/accounts/login/", "/healthz", "/no"])
def test_browsers_are_told_to_run_and_load_only_what_is_ours(
    client: Client,
    challenge: object,  # noqa: ARG001 - there is something to show
    path: str,
) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]

    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["font-src"] == "'self'"
    assert "unsafe" not in policy
    assert "http:" not in policy
