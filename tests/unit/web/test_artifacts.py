"""Pictures and files of a submission: on its page, over the API, for those who may see them."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from challenges.models import Artifact, Membership, Submission
from tests import factories
from tests.unit.web.conftest import Browser

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n picture"
COLUMN = {"key": "accuracy", "title": "Accuracy", "better": "higher", "digits": 3}


@pytest.fixture
def challenge(organiser: Any, tmp_path: Path) -> Any:  # noqa: ARG001 - named by the folder
    """Return a challenge of two images, of which one is private, whose pictures are public."""
    case = {"id": "case-{1..2}", "path": "{id}.npy", "dtype": "integer"}
    data = factories.config(
        submission={"cases": [case]},
        leaderboard={"columns": [COLUMN], "split": {"public": "case-1"}},
        pictures="public",
    )
    truth = {f"truth/case-{n}.npy": b"truth" for n in (1, 2)}
    return factories.make_challenge(tmp_path / "rain", data, truth)


@pytest.fixture
def done(membership: Membership) -> Submission:
    """Return a scored submission with pictures of both cases and two files of a program."""
    artifacts = (
        factories.artifact("case-1.png", PNG, case="case-1", words="The slice at index 3."),
        factories.artifact("case-2.png", PNG, case="case-2", words="The slice at index 4."),
        factories.artifact("a/table.csv", b"=1+1\n"),
        factories.artifact("notes.txt", b"<script>alert(1)</script>"),
        factories.artifact("overview.png", PNG),
    )
    cases = {"case-1": {"accuracy": 0.125}, "case-2": {"accuracy": 0.875}}
    outcome = factories.scored({"accuracy": 0.5}, cases)
    phase = factories.only_phase(membership.challenge)
    submission = factories.make_submission(phase, membership.team)
    return factories.finish(submission, outcome.model_copy(update={"artifacts": artifacts}))


def page(client: Client, submission: Submission) -> str:
    return client.get(submission.get_absolute_url()).content.decode()


def address(name: str) -> str:
    artifact = Artifact.objects.get(name=name)
    return f"/submissions/{artifact.evaluation.submission_id}/artifacts/{artifact.pk}/"


def fetched(client: Client, path: str, **headers: str) -> tuple[Any, bytes]:
    """Return an answer and its body, read to its end."""
    response: Any = client.get(path, headers=headers)
    content = b"".join(response) if response.streaming else response.content
    return response, content


@pytest.mark.usefixtures("done")
def test_a_member_gets_the_public_picture_and_nothing_else(member: Client) -> None:
    response, content = fetched(member, address("case-1.png"))

    assert (response.status_code, content) == (200, PNG)
    for name in ("case-2.png", "a/table.csv", "notes.txt", "overview.png"):
        assert member.get(address(name)).status_code == 404


@pytest.mark.usefixtures("done")
def test_an_organiser_gets_everything(ada: Client) -> None:
    statuses = [fetched(ada, address(a.name))[0].status_code for a in Artifact.objects.all()]

    assert statuses == [200] * 5


def test_strangers_get_nothing(
    done: Submission, stranger: Client, anybody: Client, browser: Browser
) -> None:
    rival = browser(factories.make_membership(done.phase.challenge).user)

    for name in ("case-1.png", "case-2.png", "notes.txt"):
        assert stranger.get(address(name)).status_code == 404
        assert rival.get(address(name)).status_code == 404
        assert anybody.get(address(name)).status_code == 302


def test_a_file_of_another_submission_is_404(done: Submission, ada: Client) -> None:
    other = factories.make_submission(done.phase, done.team)

    wrong = address("case-1.png").replace(str(done.pk), str(other.pk))

    assert ada.get(wrong).status_code == 404
    assert ada.get(f"/submissions/{done.pk}/artifacts/{uuid4()}/").status_code == 404


@pytest.mark.usefixtures("done")
@pytest.mark.parametrize(
    ("name", "kind", "disposition"),
    [
        ("case-1.png", "image/png", 'inline; filename="case-1.png"'),
        ("overview.png", "image/png", 'inline; filename="overview.png"'),
        ("a/table.csv", "text/csv; charset=utf-8", 'attachment; filename="a-table.csv"'),
        ("notes.txt", "text/plain; charset=utf-8", 'attachment; filename="notes.txt"'),
    ],
)
def test_a_file_is_sent_as_what_we_say_and_can_do_nothing(
    ada: Client, name: str, kind: str, disposition: str
) -> None:
    response, _ = fetched(ada, address(name))

    assert response.headers["Content-Type"] == kind
    assert response.headers["Content-Disposition"] == disposition
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.usefixtures("done")
def test_what_the_browser_has_already_is_not_sent_again(ada: Client) -> None:
    first, _ = fetched(ada, address("case-1.png"))

    again, content = fetched(ada, address("case-1.png"), if_none_match=first.headers["ETag"])

    assert (again.status_code, content) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"


def test_a_file_that_the_store_has_lost_is_404(done: Submission, ada: Client) -> None:
    Artifact.objects.update(sha256="0" * 64)

    assert ada.get(address("case-1.png")).status_code == 404
    assert "case-1" in page(ada, done)


def test_the_page_shows_pictures_with_words_and_scores(done: Submission, member: Client) -> None:
    text = page(member, done)

    assert text.count("<img class=") == 1
    image = re.search(r'<img class="picture__image[^>]*>', text)
    assert image
    assert f'src="{address("case-1.png")}"' in image[0]
    assert 'alt="case-1. The slice at index 3."' in image[0]
    assert 'loading="lazy"' in image[0]
    assert re.search(r'class="quiet">Accuracy\s+0\.125', text)
    assert "Files of the scoring program" not in text
    assert "case-2" not in text


def test_an_organisers_page_shows_private_pictures_and_files(done: Submission, ada: Client) -> None:
    text = page(ada, done)

    assert text.count('class="picture"') == 3
    assert 'alt="overview.png, a picture that the scoring program has drawn."' in text
    assert "Files of the scoring program" in text
    assert "a/table.csv" in text
    assert address("notes.txt") in text


def test_names_and_words_are_text(done: Submission, ada: Client) -> None:
    Artifact.objects.update(name='a"><script>alert(1)</script>.txt', words='"><img onerror=x>')

    text = page(ada, done)

    assert "<script>alert" not in text
    assert "<img onerror" not in text


def test_without_pictures_there_is_no_section(membership: Membership, member: Client) -> None:
    phase = factories.only_phase(membership.challenge)
    submission = factories.make_submission(phase, membership.team)
    cases = {"case-1": {"accuracy": 0.5}, "case-2": {"accuracy": 0.5}}
    factories.finish(submission, factories.scored({"accuracy": 0.5}, cases))

    text = page(member, submission)

    assert "Pictures" not in text
    assert "Files of the scoring program" not in text


def test_reading_the_page_takes_one_query_for_all_artifacts(
    done: Submission, member: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20):
        page(member, done)
