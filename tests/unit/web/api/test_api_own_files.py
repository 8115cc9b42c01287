"""Getting back what one has handed in."""

import hashlib
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from challenges.blobs import site_blobs
from challenges.models import Phase, Submission, Team, User
from challenges.services.submissions import Upload
from evaluator.manifests import FileEntry, Manifest
from tests import factories
from tests.unit.web.api.conftest import AsUser

pytestmark = pytest.mark.django_db

CONTENTS = {f"store/{name}": f"chunk {name}".encode() for name in ("0", "1", "c/0.0")}


@pytest.fixture
def submission(phase: Phase, team: Team) -> Submission:
    entries = []
    for path, content in sorted(CONTENTS.items()):
        digest, size = site_blobs().put([content])
        entries.append(FileEntry(path=path, size=size, sha256=digest))
    upload = Upload("store", Manifest(files=tuple(entries)))
    return factories.make_submission(phase, team, upload=upload)


@pytest.fixture
def grace(member: User, as_user: AsUser) -> Client:
    return as_user(member)


def test_every_file_comes_back_as_it_was(grace: Client, submission: Submission) -> None:
    listed = grace.get(f"/api/v1/submissions/{submission.pk}/files").json()

    got = {file["path"]: b"".join(grace.get(file["url"])) for file in listed["files"]}

    assert got == CONTENTS
    assert listed["next"] is None
    for file in listed["files"]:
        assert file["sha256"] == hashlib.sha256(CONTENTS[file["path"]]).hexdigest()
        assert file["size"] == len(CONTENTS[file["path"]])


def test_files_come_in_pages(grace: Client, submission: Submission) -> None:
    path = f"/api/v1/submissions/{submission.pk}/files"

    first = grace.get(path, {"limit": 2}).json()
    second = grace.get(path, {"limit": 2, "cursor": first["next"]}).json()

    found = [file["path"] for page in (first, second) for file in page["files"]]
    assert found == sorted(CONTENTS)
    assert second["next"] is None


def test_a_download_goes_on_where_it_broke_off(grace: Client, submission: Submission) -> None:
    path = f"/api/v1/submissions/{submission.pk}/files/store/0"

    rest = grace.get(path, headers={"range": "bytes=6-"})
    same = grace.get(path, headers={"if-none-match": rest.headers["ETag"]})

    assert (rest.status_code, b"".join(rest)) == (206, b"0")
    assert rest.headers["Cache-Control"] == "private, no-cache"
    assert same.status_code == 304


@pytest.mark.parametrize("path", ["files/store", "files/other", "files/store/../store/0"])
def test_what_is_not_there_is_not_found(grace: Client, submission: Submission, path: str) -> None:
    assert grace.get(f"/api/v1/submissions/{submission.pk}/{path}").status_code == 404
    assert grace.get(f"/api/v1/submissions/{uuid4()}/{path}").status_code == 404


def test_a_file_takes_one_query_besides_the_tokens_own(
    grace: Client, submission: Submission, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    path = f"/api/v1/submissions/{submission.pk}/files/store/0"
    b"".join(grace.get(path))

    with django_assert_max_num_queries(2):
        b"".join(grace.get(path))
