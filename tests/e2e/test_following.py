"""Pages that follow what happens, without being loaded again."""

import pytest
from playwright.sync_api import Page, expect

from challenges.models import Evaluation
from challenges.services.submissions import Details
from evaluator.codes import Status
from tests import factories
from tests.e2e.conftest import Visitors, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def asked(page: Page) -> list[str]:
    """Return a list that grows with every request of the page's scripts."""
    requests: list[str] = []
    page.on("request", lambda r: requests.append(r.url) if "hx-request" in r.headers else None)
    return requests


def loads(page: Page) -> list[str]:
    """Return a list that grows with every document that the page loads."""
    documents: list[str] = []
    page.on("load", lambda loaded: documents.append(loaded.url))
    return documents


def test_a_submission_is_followed_to_its_end_and_no_further(
    world: World, visitor: Visitors
) -> None:
    page = visitor().sign_in("grace@example.org").open(world.queued.get_absolute_url())
    documents, requests = loads(page), asked(page)

    factories.start(world.queued.evaluations.get())
    expect(page.locator(".state")).to_contain_text("Running")
    Evaluation.objects.filter(submission=world.queued).update(status=Status.QUEUED)
    factories.finish(world.queued, factories.scored({"accuracy": 0.875}))

    expect(page.locator(".state")).to_contain_text("Rank 1 of 2")
    before = len(requests)
    page.wait_for_timeout(2500)  # two more rounds, if it went on
    assert len(requests) == before
    assert documents == []


def test_a_board_shows_a_new_score_by_itself(world: World, visitor: Visitors) -> None:
    page = visitor().open("/challenges/rain/leaderboard/")
    documents = loads(page)
    expect(page.locator("tbody tr")).to_have_count(2)

    team = factories.make_team(world.challenge, "Elks")
    factories.make_scored(world.phase, team, accuracy=0.99, details=Details("late"))

    expect(page.locator("tbody tr").first).to_contain_text("Elks", timeout=15_000)
    assert documents == []


def test_a_filter_stays_while_the_board_is_followed(world: World, visitor: Visitors) -> None:
    page = visitor().open("/challenges/rain/leaderboard/main/main/?q=owl")
    expect(page.locator("tbody tr")).to_have_count(1)

    factories.make_scored(world.phase, world.membership.team, accuracy=0.99)

    expect(page.locator("tbody tr")).to_contain_text("0.990", timeout=15_000)
    expect(page.locator("tbody tr")).to_have_count(1)
