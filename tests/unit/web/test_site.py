"""What all pages have in common: headers, errors, theme, health."""

from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views.defaults import server_error
from pytest_django import DjangoAssertNumQueries, Settings

from challenges.models import Challenge, Phase, Submission, Team
from tests import factories
from web.urls import urlpatterns as site_patterns

pytestmark = pytest.mark.django_db


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError(request.path)


urlpatterns = [*site_patterns, path("broken/", broken)]


def test_pages_run_nothing_but_our_own_files(anybody: Client) -> None:
    policy = anybody.get("/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_pages_are_not_kept_by_proxies(member: Client) -> None:
    assert member.get("/account/").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "address",
    ["/nothing/", "/challenges/", "/submissions/1/", "/submissions/none/", "/versions/999", "/%00"],
)
def test_what_is_not_there_is_404_with_our_look(address: str) -> None:
    response = Client().get(address)

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert 'class="site-header"' in response.content.decode()


def test_the_page_of_a_crash_needs_nothing(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)

    response = client.get("/broken/")

    assert response.status_code == 500
    assert "Something went wrong here" in response.content.decode()
    assert b"ValueError" not in response.content


def test_the_page_of_a_crash_reads_no_context() -> None:
    assert server_error(RequestFactory().get("/")).status_code == 500


def test_a_host_that_is_not_ours_is_a_bad_request() -> None:
    response = Client(headers={"host": "evil.example"}).get("/accounts/login/")

    assert response.status_code == 400
    assert b"evil" not in response.content


def test_files_are_taken_only_where_a_page_asks_for_them(member: Client, tmp_path: Path) -> None:
    upload = tmp_path / "x"
    upload.write_bytes(b"x" * 100)

    with upload.open("rb") as file:
        response = member.post("/account/name/", {"name": "Grace H.", "file": file})

    assert response.status_code in {302, 422}
    assert not Submission.objects.exists()


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_a_theme_is_chosen_without_a_script(theme: str) -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/theme/", {"theme": theme, "next": "/accounts/login/?next=/"})
    text = client.get("/").content.decode()

    assert response.headers["Location"] == "/accounts/login/?next=/"
    assert f'data-theme="{theme}"' in text
    assert text.count('aria-pressed="true"') == 1


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\\\\evil"]
)
def test_choosing_a_theme_leads_to_no_other_site(back: str) -> None:
    response = Client().post("/theme/", {"theme": "dark", "next": back})

    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("theme", ['"><script>', "", "blue"])
def test_a_theme_that_is_none_is_forgotten(theme: str) -> None:
    client = Client()

    response = client.post("/theme/", {"theme": theme})
    client.cookies["theme"] = "blue"

    assert "theme" not in response.cookies
    assert 'data-theme="system"' in client.get("/").content.decode()


def test_the_site_is_healthy_without_a_query(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(0):
        response = Client().get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_the_site_is_ready_with_a_live_host_only() -> None:
    before = Client().get("/readyz")
    factories.host_with_slots(1)
    after = Client().get("/readyz")

    assert before.status_code == 503
    assert before.json() == {"status": "not ready", "database": True, "blobs": True, "host": False}
    assert after.status_code == 200


def test_the_site_is_not_ready_without_its_blobs(settings: Settings, tmp_path: Path) -> None:
    factories.host_with_slots(1)
    folder = tmp_path / "blobs"
    settings.AGON_BLOBS = folder.as_uri()
    Client().get("/readyz")
    (folder / "incoming").rmdir()

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["blobs"] is False


@pytest.mark.parametrize("kind", ["member", "anybody", "ada"])
def test_no_page_has_inline_styles_or_scripts(
    kind: str, request: pytest.FixtureRequest, phase: Phase, team: Team, challenge: Challenge
) -> None:
    client: Client = request.getfixturevalue(kind)
    submission = factories.make_scored(phase, team)
    addresses = ["/", "/account/", submission.get_absolute_url()]
    addresses += [
        f"/challenges/{challenge.slug}/{part}"
        for part in ("", "data/", "pages/rules/", "leaderboard/", "submissions/", "team/")
    ]

    for address in [*addresses, "/accounts/email/", "/accounts/2fa/"]:
        text = client.get(address, follow=True).content.decode()
        assert " style=" not in text
        assert " onclick=" not in text
        assert "<style" not in text
        assert "<script>" not in text
