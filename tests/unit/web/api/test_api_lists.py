"""Lists in pages: whole, without gaps or repeats, also while they grow; their filters."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from challenges.models import Challenge, Phase, Submission, Team, User
from evaluator.manifests import MAX_PATH_BYTES
from tests import factories
from tests.unit.web.api.conftest import AsUser, error_of
from web.api.paging import MAX_CURSOR, cursor_at, place_of

pytestmark = pytest.mark.django_db

OWN = "/api/v1/challenges/rain/submissions"
ALL = "/api/v1/challenges/rain/organise/submissions"


def pages_of(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """Return all pages of a list."""
    pages = [client.get(path, query).json()]
    while pages[-1]["next"]:
        assert len(pages) < 20
        pages.append(client.get(path, {**query, "cursor": pages[-1]["next"]}).json())
    return pages


def ids(pages: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for page in pages for row in page["submissions"]]


@pytest.fixture
def seven(phase: Phase, team: Team) -> list[str]:
    """Return seven submissions, newest first, of which four were handed in at one moment."""
    moment = timezone.now()
    rows = [factories.make_scored(phase, team) for _ in range(7)]
    for number, row in enumerate(rows):
        at = moment - timedelta(minutes=max(0, number - 3))
        Submission.objects.filter(pk=row.pk).update(submitted_at=at)
    ordered = Submission.objects.order_by("-submitted_at", "-pk").values_list("pk", flat=True)
    return [str(pk) for pk in ordered]


@pytest.fixture
def challenge(organiser: User, tmp_path: Path) -> Challenge:  # noqa: ARG001 - named by the folder
    limits = {"per_day": 50, "total": 50, "in_flight": 50, "upload": "1 MiB"}
    return factories.make_challenge(tmp_path, factories.config(limits=limits))


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_join_also_where_times_are_equal(
    member: User, as_user: AsUser, seven: list[str], limit: int
) -> None:
    pages = pages_of(as_user(member), OWN, limit=limit)

    assert ids(pages) == seven
    assert all(len(page["submissions"]) <= limit for page in pages)


def test_what_comes_while_one_pages_repeats_nothing(
    member: User, as_user: AsUser, seven: list[str], phase: Phase, team: Team
) -> None:
    client = as_user(member)
    first = client.get(OWN, {"limit": 3}).json()
    factories.make_submission(phase, team)

    rest = pages_of(client, OWN, limit=3, cursor=first["next"])

    assert ids([first, *rest]) == seven


def test_a_cursor_goes_on_where_its_row_has_gone(
    organiser: User, as_user: AsUser, seven: list[str]
) -> None:
    client = as_user(organiser)
    first = client.get(ALL, {"limit": 3}).json()
    Submission.objects.filter(pk=first["submissions"][-1]["id"]).delete()

    rest = pages_of(client, ALL, limit=3, cursor=first["next"])

    assert ids([first, *rest]) == seven


@pytest.mark.usefixtures("seven")
def test_a_cursor_of_another_list_is_refused(
    member: User, organiser: User, as_user: AsUser
) -> None:
    foreign = as_user(organiser).get(ALL, {"limit": 3}).json()["next"]

    for cursor in (foreign, "x" * 3000, f"{foreign}x"):
        response = as_user(member).get(OWN, {"cursor": cursor})
        assert (response.status_code, list(error_of(response)["details"])) == (422, ["cursor"])


def test_a_teams_list_can_be_filtered(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    scored = factories.make_scored(phase, team)
    queued = factories.make_submission(phase, team)
    rejected = factories.finish(factories.make_submission(phase, team), factories.rejected())
    client = as_user(member)

    def found(**query: str) -> list[str]:
        return ids([client.get(OWN, query).json()])

    assert found(status="scored") == [str(scored.pk)]
    assert found(status="queued") == [str(queued.pk)]
    assert found(code="case-missing") == [str(rejected.pk)]
    assert found(phase="final") == []
    assert client.get(OWN, {"status": "done"}).status_code == 422


def test_organisers_see_and_filter_all(
    phase: Phase, team: Team, organiser: User, as_user: AsUser
) -> None:
    owls = factories.make_scored(phase, team)
    cats = factories.make_submission(phase, factories.make_team(phase.challenge, "Cats"))
    base = Team.objects.create(challenge=phase.challenge, name="Base", is_baseline=True)
    baseline = factories.make_scored(phase, base)
    client = as_user(organiser)

    def found(**query: Any) -> set[str]:
        return set(ids([client.get(ALL, query).json()]))

    assert found() == {str(owls.pk), str(cats.pk), str(baseline.pk)}
    assert found(team="owl") == {str(owls.pk)}
    assert found(status="queued") == {str(cats.pk)}
    assert found(baselines=True) == {str(baseline.pk)}
    assert found(baselines=False) == {str(owls.pk), str(cats.pk)}


def test_challenges_come_in_pages(client: Client, tmp_path: Path) -> None:
    for name in ("c", "a", "b"):
        data = factories.config() | {"slug": name}
        factories.make_challenge(tmp_path / name, data)

    pages = pages_of(client, "/api/v1/challenges", limit=2)

    assert [c["slug"] for page in pages for c in page["challenges"]] == ["a", "b", "c"]


def test_public_files_come_in_pages(client: Client, organiser: User, tmp_path: Path) -> None:  # noqa: ARG001 - named by the folder
    more = {f"public/store/{number}": b"x" for number in range(5)}
    factories.make_challenge(tmp_path / "more", None, more)

    pages = pages_of(client, "/api/v1/challenges/rain/files", limit=2)

    paths = [file["path"] for page in pages for file in page["files"]]
    assert paths == ["sample.csv", *(f"store/{number}" for number in range(5))]


@pytest.mark.parametrize("letter", ["a", "é", "語", "\U0001f43e"])
def test_a_cursor_for_the_longest_path_fits_into_an_address(letter: str) -> None:
    path = letter * (MAX_PATH_BYTES // len(letter.encode()))

    cursor = cursor_at("files", path)

    assert len(cursor) <= MAX_CURSOR
    assert place_of("files", cursor) == [path]


def test_queries_do_not_grow_with_the_organisers_list(
    phase: Phase,
    organiser: User,
    as_user: AsUser,
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    client = as_user(organiser)
    client.get("/api/v1/me")
    for _ in range(4):
        factories.make_scored(phase)

    with django_assert_max_num_queries(11):
        client.get(ALL)
