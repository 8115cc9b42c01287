"""Pushing a challenge: a folder in a ZIP file becomes the current revision."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings as site
from django.test import Client
from pytest_django import Settings

from challenges.models import Challenge, Phase, Submission, Team, User
from tests import factories
from tests.unit.web.api.conftest import AsUser, error_of

pytestmark = pytest.mark.django_db

PUSH = "/api/v1/challenges"
CHECK = "/api/v1/challenge-checks"
BASELINE = {
    "baselines/zeros/rain.csv": b"id,rain\n1,0\n2,0\n3,0\n4,0\n",
    "baselines/zeros/scores.yaml": yaml.safe_dump(
        {"method": "Zeros", "scores": {"accuracy": 0.5}}
    ).encode(),
}


def packed(folder: Path, around: str = "") -> bytes:
    """Return a folder as a ZIP file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, around + file.relative_to(folder).as_posix())
    return buffer.getvalue()


def changed(
    folder: Path, data: Mapping[str, Any] | None = None, files: Mapping[str, bytes] | None = None
) -> bytes:
    return packed(factories.write_folder(folder, data, files))


def push(client: Client, content: bytes, query: str = "", path: str = PUSH) -> Any:
    return client.post(f"{path}{query}", content, "application/zip")


def left_behind() -> list[Path]:
    return list((Path(site.AGON_HOME) / "pushed").glob("*"))


@pytest.fixture
def ada(organiser: User, challenge: Challenge, as_user: AsUser) -> Client:  # noqa: ARG001 - is organised
    return as_user(organiser)


@pytest.mark.parametrize("around", ["", "my challenge/"])
def test_a_folder_becomes_the_current_revision(
    ada: Client, challenge: Challenge, tmp_path: Path, around: str
) -> None:
    data = factories.config() | {"title": "Rain soon"}

    response = push(ada, packed(factories.write_folder(tmp_path / "new", data), around))

    challenge.refresh_from_db()
    pushed = response.json()
    assert response.status_code == 201
    assert (pushed["challenge"], pushed["is_new"], pushed["requeued"]) == ("rain", True, 0)
    assert (pushed["revision"]["number"], pushed["revision"]["loaded_by"]) == (2, "Ada")
    assert (challenge.title, challenge.revision.number) == ("Rain soon", 2)
    assert left_behind() == []


def test_the_same_folder_again_changes_nothing(ada: Client, tmp_path: Path) -> None:
    content = changed(tmp_path / "new", factories.config() | {"title": "Rain soon"})

    answers = [push(ada, content) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[1].json()["is_new"] is False
    assert answers[0].json()["revision"] == answers[1].json()["revision"]


def test_scores_change_only_when_asked_for(
    ada: Client, phase: Phase, team: Team, tmp_path: Path
) -> None:
    factories.make_scored(phase, team)
    content = changed(tmp_path / "new", files={"truth/rain.csv": b"id,rain\n1,1\n2,1\n3,1\n4,1\n"})

    refused = push(ada, content)
    rescored = push(ada, content, "?rescore=true")

    assert (refused.status_code, error_of(refused)["code"]) == (409, "rescore-needed")
    assert (rescored.status_code, rescored.json()["requeued"]) == (201, 1)


def test_baselines_are_handed_in_when_asked_for(ada: Client, tmp_path: Path) -> None:
    content = changed(tmp_path / "new", files=BASELINE)

    without = push(ada, content).json()["baselines"]
    with_them = push(ada, content, "?baselines=true").json()["baselines"]
    again = push(ada, content, "?baselines=true").json()["baselines"]

    assert (without, again) == ([], [])
    assert [str(row.pk) for row in Submission.objects.all()] == with_them
    assert Team.objects.get(name="Zeros").is_baseline


def test_everything_wrong_with_a_folder_is_told_with_its_place(
    ada: Client, challenge: Challenge, tmp_path: Path
) -> None:
    data = factories.config(scoring={"metrics": [{"key": "accuracy", "metric": "acuracy"}]})
    content = changed(tmp_path / "new", data)

    for path in (PUSH, CHECK):
        response = push(ada, content, path=path)
        error = error_of_list(response)
        assert response.status_code == 422
        assert "did you mean 'accuracy'" in str(error["details"]["problems"][0]["message"])
        assert error["details"]["problems"][0]["place"].startswith("phases[0].scoring")
    assert challenge.revisions.count() == 1


def error_of_list(response: Any) -> dict[str, Any]:
    """Return an error whose message is a list of problems, a line each."""
    error: dict[str, Any] = response.json()
    assert set(error) == {"code", "message", "details"}
    assert error["code"] == "challenge-invalid"
    return error


def test_checking_changes_nothing(ada: Client, challenge: Challenge, tmp_path: Path) -> None:
    content = changed(tmp_path / "new", factories.config() | {"title": "Rain soon"})

    response = push(ada, content, path=CHECK)

    assert response.json() == {"challenge": "rain", "files": 5}
    assert challenge.revisions.count() == 1


def test_a_new_challenge_is_for_staff_and_anothers_for_nobody_else(
    ada: Client, as_user: AsUser, tmp_path: Path
) -> None:
    content = changed(tmp_path / "snow", factories.config() | {"slug": "snow"})
    staff = factories.make_user()
    User.objects.filter(pk=staff.pk).update(is_staff=True)

    refused = push(ada, content)
    taken = push(as_user(staff), content)

    assert (refused.status_code, error_of(refused)["code"]) == (403, "push-refused")
    assert taken.status_code == 201
    assert Challenge.objects.filter(slug="snow").count() == 1


def zip_of(names: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_link() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("challenge.yaml")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"no archive at all",
        zip_of({})[:10],
        zip_of({"../evil": b"x"}),
        zip_of({"/etc/evil": b"x"}),
        zip_of({"public/a": b"1", "public/A": b"2"}),
        with_link(),
    ],
    ids=["text", "cut off", "parent", "absolute", "one name twice", "link"],
)
def test_an_archive_that_is_not_plain_files_is_refused(ada: Client, content: bytes) -> None:
    response = push(ada, content)

    assert (response.status_code, error_of(response)["code"]) == (422, "archive-refused")
    assert left_behind() == []


def test_a_bomb_is_refused_before_it_is_unpacked(ada: Client, settings: Settings) -> None:
    settings.AGON_CHALLENGE_BYTES = 1024**2

    response = push(ada, zip_of({"public/zeros": b"\0" * (1024**2 + 1)}))

    assert error_of(response)["code"] == "archive-refused"
    assert "takes 1048577 bytes" in error_of(response)["message"]


def test_an_archive_that_is_too_large_or_of_another_type_is_not_read(
    ada: Client, settings: Settings
) -> None:
    settings.AGON_CHALLENGE_BYTES = 100

    large = push(ada, b"x" * 101)
    form = ada.post(PUSH, {"file": io.BytesIO(b"x")})
    endless = ada.generic("POST", PUSH, b"", "application/zip")

    assert (large.status_code, error_of(large)["code"]) == (413, "push-too-large")
    assert (form.status_code, error_of(form)["code"]) == (400, "request-malformed")
    assert endless.status_code in {400, 411}
