"""The way through the site for browsers without JavaScript."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from challenges.models import Submission
from tests import factories
from tests.e2e.conftest import Visitors, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_joining_handing_in_and_seeing_the_score_need_no_script(
    world: World, visitor: Visitors, tmp_path: Path
) -> None:
    factories.make_user("linus@example.org", "Linus")
    upload = tmp_path / "rain.csv"
    upload.write_bytes(factories.TRUTH)
    window = visitor(java_script_enabled=False).sign_in("linus@example.org")

    page = window.open("/challenges/rain/")
    page.get_by_role("link", name="Take part").click()
    page.get_by_label("Team name").fill("Elks")
    page.get_by_label("accept").check()
    page.get_by_role("button", name="Take part").click()
    page.get_by_role("link", name="Submit predictions").click()
    page.get_by_label("File").set_input_files(upload)
    page.get_by_label("Method").fill("By hand")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.locator(".state")).to_contain_text("Queued")
    submission = Submission.objects.get(method="By hand")
    factories.finish(submission, factories.scored({"accuracy": 1.0}))

    # The page asks again by itself: a browser without scripts follows the refresh in its head.
    expect(page.locator(".state")).to_contain_text("Rank 1 of 3", timeout=10_000)
    assert submission.team.challenge == world.challenge


@pytest.mark.usefixtures("world")
def test_what_is_wrong_is_said_in_the_page(visitor: Visitors, tmp_path: Path) -> None:
    upload = tmp_path / "rain.csv"
    upload.write_bytes(b"")
    page = visitor(java_script_enabled=False).sign_in("grace@example.org").page
    page.goto(re.sub(r"/$", "/challenges/rain/submit/main/", page.url))

    page.get_by_label("Method").fill("kept")
    page.get_by_label("File").set_input_files(upload)
    page.get_by_role("button", name="Submit", exact=True).click()

    expect(page.get_by_text("The upload is empty.").first).to_be_visible()
    expect(page.get_by_label("Method")).to_have_value("kept")


@pytest.mark.usefixtures("world")
def test_the_theme_can_be_chosen(visitor: Visitors) -> None:
    page = visitor(java_script_enabled=False).open("/challenges/rain/data/")

    page.get_by_role("button", name="Dark").click()

    assert page.url.endswith("/challenges/rain/data/")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_what_is_folded_opens_and_cases_turn_their_pages(world: World, visitor: Visitors) -> None:
    window = visitor(java_script_enabled=False, width=390).sign_in("grace@example.org")
    page = window.open(world.scored.get_absolute_url())

    score, note = page.get_by_text("north of the river 29"), page.get_by_text("/13 covers 2/3")
    expect(score).to_be_hidden()
    expect(note).to_be_hidden()
    page.get_by_text("30 scores that are on no board").click()
    page.get_by_text("4 more notes").click()
    expect(score).to_be_visible()
    expect(note).to_be_visible()

    page.get_by_role("link", name="Next").click()

    expect(page.get_by_text("Cases 51 to 60 of 60")).to_be_visible()
    expect(page.get_by_role("rowheader", name="case-59")).to_be_visible()
