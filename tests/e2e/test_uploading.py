"""The upload form with scripts: size, problems, progress, cancelling."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from challenges.models import Phase, Submission
from tests.e2e.conftest import Visitors, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MIB = 1024**2
SUBMIT = "/challenges/rain/submit/main/"


@pytest.fixture
def form(world: World, visitor: Visitors) -> Page:  # noqa: ARG001 - is there
    return visitor().sign_in("grace@example.org").open(SUBMIT)


def written(folder: Path, size: int) -> Path:
    file = folder / "rain.csv"
    file.write_bytes(bytes(size))
    return file


def press_submit(page: Page) -> None:
    page.get_by_role("button", name="Submit", exact=True).click()


def sent(page: Page) -> list[str]:
    """Return a list that grows with every form that the page sends."""
    requests: list[str] = []
    page.on("request", lambda r: requests.append(r.url) if r.method == "POST" else None)
    return requests


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(form: Page, tmp_path: Path) -> None:
    requests = sent(form)

    form.get_by_label("File").set_input_files(written(tmp_path, MIB + 1))
    press_submit(form)

    expect(form.get_by_text("this phase takes up to 1 MiB")).to_be_visible()
    assert requests == []


def test_no_file_is_refused_before_anything_is_sent(form: Page) -> None:
    requests = sent(form)

    press_submit(form)

    expect(form.get_by_text("Choose a file with your predictions.")).to_be_visible()
    assert requests == []


def test_what_the_site_refuses_is_said_and_the_form_keeps_its_values(
    form: Page, tmp_path: Path
) -> None:
    form.get_by_label("File").set_input_files(written(tmp_path, 10))
    form.get_by_label("Method").fill("kept")
    form.get_by_label("Code").fill("javascript:alert(1)")

    press_submit(form)

    expect(form.get_by_text("The submission was not taken")).to_be_visible()
    expect(form.get_by_role("link", name="Code")).to_be_visible()
    assert form.evaluate("document.activeElement.hasAttribute('data-problems')")
    expect(form.get_by_label("Method")).to_have_value("kept")
    assert form.get_by_label("File").evaluate("field => field.files.length") == 1
    form.get_by_label("Code").fill("https://example.org")
    press_submit(form)
    form.wait_for_url("**/submissions/*/")


def test_a_quota_that_is_used_up_in_the_meantime_is_said(
    form: Page, world: World, tmp_path: Path
) -> None:
    Phase.objects.filter(pk=world.phase.pk).update(
        closes_at=world.scored.submitted_at  # it has closed since the form was opened
    )
    form.get_by_label("File").set_input_files(written(tmp_path, 10))

    press_submit(form)

    expect(form.get_by_text("it takes no more uploads")).to_be_visible()


@pytest.mark.usefixtures("world")
def test_an_upload_can_be_cancelled_and_leaves_nothing(visitor: Visitors, tmp_path: Path) -> None:
    window = visitor().sign_in("grace@example.org")
    page = window.open(SUBMIT)
    before = Submission.objects.count()
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 50_000}
    window.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    page.get_by_label("File").set_input_files(written(tmp_path, MIB))

    press_submit(page)
    expect(page.locator("[data-progress-text]")).to_contain_text("of 1.0 MiB")
    page.get_by_role("button", name="Cancel the upload").click()

    expect(page.get_by_text("You cancelled the upload.")).to_be_visible()
    expect(page.get_by_role("button", name="Submit", exact=True)).to_be_enabled()
    assert Submission.objects.count() == before


def test_a_connection_that_breaks_off_is_said(form: Page, tmp_path: Path) -> None:
    form.route("**/submit/main/", lambda route: route.abort())
    form.get_by_label("File").set_input_files(written(tmp_path, 10))

    press_submit(form)

    expect(form.get_by_text("The connection broke off.")).to_be_visible()
    expect(form.get_by_role("button", name="Submit", exact=True)).to_be_enabled()


def test_the_invitation_link_can_be_copied(world: World, visitor: Visitors) -> None:
    window = visitor(permissions=["clipboard-read", "clipboard-write"])
    page = window.sign_in("grace@example.org").open("/challenges/rain/team/")

    page.get_by_role("button", name="Copy link").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"/invitations/{world.membership.team.invitation}/")
