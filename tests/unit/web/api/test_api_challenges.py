"""Challenges: list, details, public files, joining."""

import hashlib
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.models import Challenge, Membership, Phase, User
from tests import factories
from tests.unit.web.api.conftest import AsUser, error_of

pytestmark = pytest.mark.django_db


def join(client: Client, **body: object) -> object:
    return client.post("/api/v1/challenges/rain/join", body, "application/json")


def test_anybody_sees_the_list_with_phases_and_numbers(client: Client, phase: Phase) -> None:
    owls = factories.make_team(phase.challenge)
    factories.make_submission(phase, owls)
    factories.make_submission(phase, owls)
    factories.make_team(phase.challenge, "Idlers")

    (card,) = client.get("/api/v1/challenges").json()["challenges"]

    assert (card["slug"], card["teams"], card["submissions"]) == ("rain", 1, 2)
    assert [(p["slug"], p["state"]) for p in card["phases"]] == [("main", "open")]
    assert card["phases"][0]["opens_at"] == "2026-01-01T00:00:00Z"


def test_the_list_takes_two_queries_however_many_there_are(
    client: Client, tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        data = factories.config() | {"slug": f"rain-{number}"}
        factories.make_challenge(tmp_path / str(number), data)
    client.get("/api/v1/challenges")  # pays for some more requests in advance

    with django_assert_max_num_queries(2):
        client.get("/api/v1/challenges")


def test_a_challenge_says_what_an_upload_must_hold(client: Client, challenge: Challenge) -> None:
    shown = client.get(f"/api/v1/challenges/{challenge.slug}").json()

    (phase,) = shown["phases"]
    (task,) = phase["tasks"]
    (board,) = phase["leaderboards"]
    assert phase["limits"] == {
        "per_day": 5,
        "total": 20,
        "in_flight": 5,
        "upload_bytes": 1024**2,
    }
    assert task["cases"][0]["paths"] == ["rain.csv"]
    assert task["scores"] == ["accuracy"]
    assert [column["key"] for column in board["columns"]] == ["accuracy"]
    assert board["splits"] == ["all"]
    assert (shown["team"], shown["is_organiser"]) == (None, False)


def test_a_challenge_names_ones_own_team(
    member: User, organiser: User, as_user: AsUser, challenge: Challenge
) -> None:
    path = f"/api/v1/challenges/{challenge.slug}"

    assert as_user(member).get(path).json()["team"] == "Owls"
    assert as_user(organiser).get(path).json()["is_organiser"] is True


def test_a_challenge_takes_eight_queries_at_most(
    member: User, as_user: AsUser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(member)
    client.get("/api/v1/challenges/rain")

    with django_assert_max_num_queries(8):
        client.get("/api/v1/challenges/rain")


@pytest.mark.parametrize("path", ["", "/files", "/files/sample.csv"])
def test_a_challenge_that_does_not_exist_is_404(client: Client, path: str) -> None:
    response = client.get(f"/api/v1/challenges/snow{path}")

    assert response.status_code == 404
    assert error_of(response)["message"] == "There is no challenge 'snow'."


def test_public_files_are_listed_with_digests_and_can_be_had(
    client: Client, challenge: Challenge
) -> None:
    (entry,) = client.get(f"/api/v1/challenges/{challenge.slug}/files").json()["files"]
    response = client.get(entry["url"])
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # it streams

    assert entry["path"] == "sample.csv"
    assert entry["size"] == len(content)
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["ETag"] == f'"{entry["sha256"]}"'


@pytest.mark.parametrize(
    "path",
    [
        "rain.csv",
        "../truth/rain.csv",
        "..%2Ftruth%2Frain.csv",
        "%2e%2e/truth/rain.csv",
        "/truth/rain.csv",
        "truth/rain.csv",
        "public/sample.csv",
        "",
    ],
)
def test_the_truth_cannot_be_had_by_any_path(
    organiser: User, as_user: AsUser, challenge: Challenge, path: str
) -> None:
    response = as_user(organiser).get(f"/api/v1/challenges/{challenge.slug}/files/{path}")

    assert response.status_code == 404
    error_of(response)


def test_a_file_with_an_odd_name_can_be_had(client: Client, tmp_path: Path) -> None:
    factories.make_challenge(tmp_path, files={"public/häuser & co #1.txt": b"x"})

    files = client.get("/api/v1/challenges/rain/files").json()["files"]
    response = client.get(next(f["url"] for f in files if "#1" in f["path"]))
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # it streams

    assert content == b"x"


def test_joining_makes_a_team_of_one(stranger: User, as_user: AsUser, challenge: Challenge) -> None:
    response = join(as_user(stranger), accepts_rules=True, team_name="Night owls")

    assert response.status_code == 200  # type: ignore[attr-defined]  # a test response
    assert response.json()["team"] == "Night owls"  # type: ignore[attr-defined]  # as above
    membership = Membership.objects.get(user=stranger)
    assert membership.accepted_revision == challenge.revision


def test_a_team_without_a_name_is_called_like_the_person(
    stranger: User, as_user: AsUser, challenge: Challenge
) -> None:
    join(as_user(stranger), accepts_rules=True)

    assert challenge.teams.get().name == "Mallory"


def test_joining_twice_changes_nothing(member: User, as_user: AsUser, challenge: Challenge) -> None:
    response = join(as_user(member), team_name="Other")

    assert response.json()["team"] == "Owls"  # type: ignore[attr-defined]  # a test response
    assert challenge.teams.count() == 1


@pytest.mark.usefixtures("membership")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"accepts_rules": False}, 422, "rules-not-accepted"),
        ({"accepts_rules": True, "team_name": "x"}, 422, "team-name-invalid"),
        ({"accepts_rules": True, "team_name": "OWLS"}, 409, "team-name-taken"),
        ({"accepts_rules": True, "team_name": "\u202eslwO"}, 422, "team-name-invalid"),
    ],
)
def test_joining_is_refused_with_a_sentence(
    stranger: User,
    as_user: AsUser,
    body: dict[str, object],
    status: int,
    code: str,
) -> None:
    response = join(as_user(stranger), **body)

    assert response.status_code == status  # type: ignore[attr-defined]  # a test response
    assert error_of(response)["code"] == code
    assert not stranger.memberships.exists()


@pytest.mark.usefixtures("challenge")
def test_joining_needs_a_person_and_a_challenge(
    client: Client, stranger: User, as_user: AsUser
) -> None:
    nobody = join(client, accepts_rules=True)
    nowhere = as_user(stranger).post("/api/v1/challenges/snow/join", {}, "application/json")

    assert nobody.status_code == 401  # type: ignore[attr-defined]  # a test response
    assert nowhere.status_code == 404


def test_pages_are_there_as_written_and_as_html(client: Client, challenge: Challenge) -> None:
    base = f"/api/v1/challenges/{challenge.slug}/pages"

    listed = client.get(base).json()["pages"]
    rules = client.get(f"{base}/rules").json()
    data = client.get(f"{base}/data").json()

    assert [page["name"] for page in listed] == ["overview", "data", "rules"]
    assert (rules["title"], rules["markdown"]) == ("Rules", "# Rules\n\nBe fair.\n")
    assert "<p>Be fair.</p>" in rules["html"]
    assert (data["title"], data["markdown"]) == ("Data", "")
    assert client.get(f"{base}/other").status_code == 404


def test_an_unchanged_challenge_is_not_sent_again(
    client: Client, challenge: Challenge, tmp_path: Path
) -> None:
    path = f"/api/v1/challenges/{challenge.slug}"
    etag = client.get(path).headers["ETag"]

    same = client.get(path, headers={"if-none-match": etag})
    Phase.objects.update(closes_at=timezone.now())
    closed = client.get(path, headers={"if-none-match": etag})
    data = factories.config() | {"title": "Rain soon"}
    factories.make_challenge(tmp_path / "new", data)
    pushed = client.get(path, headers={"if-none-match": closed.headers["ETag"]})

    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    assert [closed.status_code, pushed.status_code] == [200, 200]
    assert closed.json()["phases"][0]["state"] == "closed"


def test_a_challenge_is_another_for_each_person(
    client: Client, challenge: Challenge, member: User, as_user: AsUser
) -> None:
    path = f"/api/v1/challenges/{challenge.slug}"
    nobodys = client.get(path)

    members = as_user(member).get(path, headers={"if-none-match": nobodys.headers["ETag"]})

    assert (members.status_code, members.json()["team"]) == (200, "Owls")
    assert nobodys.headers["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(nobodys.headers["Vary"].split(", "))


@pytest.mark.parametrize("path", ["challenges", "challenges/rain/files", "challenges/rain/pages"])
@pytest.mark.usefixtures("challenge")
def test_every_answer_has_an_etag(client: Client, path: str) -> None:
    etag = client.get(f"/api/v1/{path}").headers["ETag"]

    same = client.get(f"/api/v1/{path}", headers={"if-none-match": f'"other", {etag}'})
    head = client.head(f"/api/v1/{path}")

    assert (same.status_code, same.content) == (304, b"")
    assert head.headers["ETag"] == etag
