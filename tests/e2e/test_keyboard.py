"""The way through the site without a mouse."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.e2e.conftest import PASSWORD, Visitors

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MAX_STEPS = 60


def go_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on something of that name."""
    for _ in range(MAX_STEPS):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    pytest.fail(f"Tab does not reach '{name}'.")


def focused(page: Page) -> str:
    """Return the name of what has the focus."""
    return str(
        page.evaluate(
            """() => {
              const field = document.activeElement;
              const words = field.labels?.[0]?.textContent ?? field.textContent;
              return words.trim().replace(/\\s+/g, " ");
            }"""
        )
    )


@pytest.mark.usefixtures("world")
def test_the_first_step_leads_over_the_header(visitor: Visitors) -> None:
    page = visitor().open("/challenges/rain/")

    page.keyboard.press("Tab")
    first = focused(page)
    page.keyboard.press("Enter")

    assert first == "Skip to the content"
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.usefixtures("world")
def test_what_has_the_focus_is_visible(visitor: Visitors) -> None:
    page = visitor().open("/challenges/rain/leaderboard/")

    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", focused(page)


@pytest.mark.usefixtures("world")
def test_signing_in_and_handing_in_need_no_mouse(visitor: Visitors, tmp_path: Path) -> None:
    upload = tmp_path / "rain.csv"
    upload.write_bytes(factories.TRUTH)
    page = visitor().open("/accounts/login/?next=/challenges/rain/")

    go_to(page, "Email")
    page.keyboard.type("grace@example.org")
    go_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r":\d+/challenges/rain/$"))
    go_to(page, "Submit predictions")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submit/main/")
    go_to(page, "File")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(upload)
    go_to(page, "Method")
    page.keyboard.type("By keyboard")
    go_to(page, "Submit")
    page.keyboard.press("Enter")

    page.wait_for_url("**/submissions/*/")
    expect(page.locator(".state")).to_contain_text("Queued")
