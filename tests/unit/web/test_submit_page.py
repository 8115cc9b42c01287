"""Handing in by the form."""

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from challenges.models import Challenge, Phase, Submission, Team
from evaluator.codes import Status
from tests import factories
from tests.unit.web.conftest import Browser

pytestmark = pytest.mark.django_db

SUBMIT = "/challenges/rain/submit/main/"
MIB = 1024**2


@dataclass(frozen=True)
class Store:
    """A blob store, and what was in it before the upload."""

    folder: Path
    before: frozenset[Path]

    def kept(self) -> list[bytes]:
        """Return the contents of the blobs that have come since."""
        return [path.read_bytes() for path in _files(self.folder) - self.before]


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.AGON_BLOBS = (tmp_path / "blobs").as_uri()


@pytest.fixture
def store(tmp_path: Path, challenge: Challenge) -> Store:  # noqa: ARG001 - loaded first
    return Store(tmp_path / "blobs", _files(tmp_path / "blobs"))


def _files(folder: Path) -> frozenset[Path]:
    return frozenset(path for path in folder.rglob("*") if path.is_file())


def file(content: bytes = factories.TRUTH, name: str = "rain.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_the_form_says_what_is_left(
    member: Client, phase: Phase, team: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    factories.make_submission(phase, team)

    with django_assert_max_num_queries(16):
        text = member.get(SUBMIT).content.decode()

    assert re.search(r"left today, of 5</dt>\s*<dd[^>]*>4</dd>", text)
    assert re.search(r"left in this phase, of 20</dt>\s*<dd[^>]*>19</dd>", text)
    assert "rain.csv" in text
    assert "Up to 1 MiB" in text


def test_an_upload_becomes_a_submission(member: Client, team: Team, store: Store) -> None:
    content = b"id,rain\n1,1\n"

    response = member.post(SUBMIT, {"file": file(content), "method": "trees"})

    submission = Submission.objects.get()
    assert response.headers["Location"] == f"/submissions/{submission.pk}/"
    assert (submission.team, submission.method) == (team, "trees")
    assert (submission.filename, submission.size_bytes) == ("rain.csv", len(content))
    assert submission.status is Status.QUEUED
    assert store.kept() == [content]


def test_a_script_is_led_to_the_submission_too(member: Client) -> None:
    response = member.post(SUBMIT, {"file": file()}, headers={"hx-request": "true"})

    assert response.headers["HX-Redirect"] == f"/submissions/{Submission.objects.get().pk}/"


def test_strangers_cannot_hand_in(stranger: Client, anybody: Client, store: Store) -> None:
    assert stranger.post(SUBMIT, {"file": file()}).headers["Location"] == "/challenges/rain/join/"
    assert anybody.post(SUBMIT, {"file": file()}).headers["Location"].startswith("/accounts/login")

    assert not Submission.objects.exists()
    assert store.kept() == []


def test_a_phase_that_is_not_there_is_404(member: Client) -> None:
    assert member.post("/challenges/rain/submit/none/", {"file": file()}).status_code == 404


def test_forged_uploads_are_refused_and_forgotten(team: Team, store: Store) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(team.memberships.get().user)

    response = client.post(SUBMIT, {"file": file()})

    assert response.status_code == 403
    assert not Submission.objects.exists()
    assert store.kept() == []


def test_the_forms_own_token_is_taken(team: Team) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(team.memberships.get().user)
    page = client.get(SUBMIT).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token

    response = client.post(SUBMIT, {"csrfmiddlewaretoken": token[1], "file": file()})

    assert response.status_code == 302
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({}, 422, "Choose a file with your predictions."),
        ({"file": ("rain.csv", b"")}, 422, "The upload is empty."),
        ({"file": ("a:b.csv", b"1")}, 422, "The file&#x27;s name cannot be used"),
        ({"file": ("x", b"1"), "method": "m" * 81}, 422, "at most 80 characters"),
        ({"file": ("x", b"1"), "method": "a\x00"}, 422, "Null characters"),
        ({"file": ("x", bytes(MIB + 1))}, 413, "larger than the 1 MiB"),
        ({"file": ("x", bytes(3 * MIB))}, 413, "larger than the 1 MiB"),
        ({"method": "m" * (3 * MIB)}, 413, "larger than the 1 MiB"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}], ids=["page", "script"])
def test_what_cannot_be_taken_is_said_in_the_form_and_leaves_nothing(
    sent: dict[str, Any],
    status: int,
    sentence: str,
    headers: dict[str, str],
    member: Client,
    store: Store,
) -> None:
    upload = {name: file(v[1], v[0]) if name == "file" else v for name, v in sent.items()}

    response = member.post(SUBMIT, upload, headers=headers)

    assert response.status_code == status
    assert sentence in response.content.decode()
    assert ("<html" in response.content.decode()) is (headers == {})
    assert not Submission.objects.exists()
    assert store.kept() == []


def test_the_largest_upload_is_taken(member: Client) -> None:
    assert member.post(SUBMIT, {"file": file(bytes(MIB))}).status_code == 302


def test_who_has_used_the_quota_is_told_when_to_come_back_before_the_upload(
    member: Client, phase: Phase, team: Team
) -> None:
    for _ in range(5):
        factories.make_scored(phase, team)

    page = member.get(SUBMIT)
    response = member.post(SUBMIT, {"file": file()})

    assert "takes 5 submissions a day" in page.content.decode()
    assert '<form class="panel' not in page.content.decode()
    assert response.status_code == 429
    assert "takes 5 submissions a day" in response.content.decode()
    assert Submission.objects.count() == 5


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"), [(1, 2, "opens on"), (-2, -1, "it takes no more uploads")]
)
def test_a_phase_that_is_not_open_takes_nothing(
    opens: int, closes: int, sentence: str, member: Client, phase: Phase
) -> None:
    now = timezone.now()
    Phase.objects.filter(pk=phase.pk).update(
        opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes)
    )

    response = member.post(SUBMIT, {"file": file()})

    assert response.status_code == 403
    assert sentence in response.content.decode()
    assert not Submission.objects.exists()


def test_an_upload_that_breaks_off_leaves_nothing(member: Client, store: Store) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="rain.csv"\r\n\r\n'
        + factories.TRUTH
    )

    early: Any = {"wsgi.input": io.BytesIO(body)}  # the client's own refuses to end early

    response = member.generic(
        "POST",
        SUBMIT,
        body,
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(len(body) + 1000),
        **early,
    )

    assert response.status_code == 400
    assert "The upload broke off" in response.content.decode()
    assert not Submission.objects.exists()
    assert store.kept() == []


def test_a_form_that_is_none_is_a_bad_request(member: Client, store: Store) -> None:
    response = member.generic("POST", SUBMIT, b"garbage", content_type="multipart/form-data")

    assert response.status_code == 400
    assert store.kept() == []


def test_what_the_schema_refuses_is_said_beside_the_field(tmp_path: Path, browser: Browser) -> None:
    schema = {"type": "object", "properties": {"seed": {"type": "string", "pattern": "^[0-9]+$"}}}
    data = {**factories.config(), "slug": "seeds", "metadata_schema": schema}
    membership = factories.make_membership(factories.make_challenge(tmp_path / "seeds", data))
    client = browser(membership.user)

    response = client.post(
        "/challenges/seeds/submit/main/", {"file": file(), "meta-seed": "twelve", "method": "kept"}
    )

    text = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_meta-seed_error"' in text
    assert 'value="kept"' in text
    assert not Submission.objects.exists()


def test_the_only_open_phase_needs_no_choice(member: Client) -> None:
    assert member.get("/challenges/rain/submit/").headers["Location"] == SUBMIT


def test_without_an_open_phase_the_page_says_so(
    member: Client, challenge: Challenge, phase: Phase
) -> None:
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now())

    text = member.get(f"/challenges/{challenge.slug}/submit/").content.decode()

    assert "No phase is open" in text


def test_a_long_list_of_what_an_upload_must_hold_is_folded(
    tmp_path: Path, browser: Browser
) -> None:
    case = factories.CONFIG["phases"][0]["submission"]["cases"][0]
    cases = [{**case, "id": f"s{n}", "path": f"rain-{n}.csv"} for n in range(10)]
    truths = {f"truth/rain-{n}.csv": factories.TRUTH for n in range(10)}
    data = {**factories.config(submission={"cases": cases}), "slug": "many"}
    challenge = factories.make_challenge(tmp_path / "many", data, truths)
    client = browser(factories.make_membership(challenge).user)

    text = client.get("/challenges/many/submit/main/").content.decode()

    before, _, folded = text.partition("<summary>And 2 more</summary>")
    assert "rain-7.csv" in before
    assert "rain-8.csv" not in before
    assert "rain-9.csv" in folded
