"""Names of uploaded files: none leads anywhere, none that some computer cannot store."""

from pathlib import Path

import pytest
from django.test import Client

from challenges.models import Submission
from tests.unit.web.api.conftest import SUBMISSIONS, assert_nothing_is_left, error_of

pytestmark = pytest.mark.django_db


def form_with_name(name: str) -> tuple[bytes, str]:
    """Return body and content type of an upload whose file is called exactly so."""
    body = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: text/csv\r\n\r\nid,rain\r\n--b--\r\n"
    )
    return body.encode(), "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("&#46;&#46;&#47;x.csv", "x.csv"),
        ("häuser.csv", "häuser.csv"),
        ("n" * 300 + ".csv", "n" * 251 + ".csv"),
    ],
)
def test_a_name_never_leads_out_of_its_folder(grace: Client, name: str, kept: str) -> None:
    response = grace.post(SUBMISSIONS, *form_with_name(name))

    assert response.status_code == 201
    assert Submission.objects.get().manifest.files[0].path == kept


@pytest.mark.parametrize("name", ["C:boot.ini", "what?.csv", "a*b.csv", 'e\u0301"x.csv'])
def test_a_name_that_some_computer_cannot_store_is_refused(
    grace: Client, blobs: Path, name: str
) -> None:
    response = grace.post(SUBMISSIONS, *form_with_name(name.replace('"', "%22")))

    assert response.status_code == 422
    assert error_of(response)["code"] == "upload-name-invalid"
    assert_nothing_is_left(blobs)


@pytest.mark.parametrize("name", ["..", ".", "/", ""])
def test_a_name_that_is_none_is_as_no_file(grace: Client, blobs: Path, name: str) -> None:
    response = grace.post(SUBMISSIONS, *form_with_name(name))

    assert response.status_code == 422
    assert_nothing_is_left(blobs)
