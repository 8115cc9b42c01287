"""The API describes itself: OpenAPI 3.1, and a page for people that needs no other site."""

import re
from typing import Any

import jsonschema
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db

PROMISED = {
    ("get", "challenges"),
    ("get", "challenges/{slug}"),
    ("get", "challenges/{slug}/files"),
    ("get", "challenges/{slug}/files/{path}"),
    ("post", "challenges/{slug}/join"),
    ("get", "challenges/{slug}/phases/{phase}/leaderboard"),
    ("post", "challenges/{slug}/phases/{phase}/submissions"),
    ("get", "challenges/{slug}/submissions"),
    ("get", "submissions/{submission_id}"),
    ("get", "submissions/{submission_id}/artifacts/{artifact_id}"),
    ("get", "submissions/{submission_id}/logs"),
    ("post", "submissions/{submission_id}/cancel"),
    ("post", "submissions/{submission_id}/choose"),
    ("post", "challenges/{slug}/phases/{phase}/uploads"),
    ("get", "uploads/{upload_id}"),
    ("delete", "uploads/{upload_id}"),
    ("get", "uploads/{upload_id}/missing"),
    ("post", "uploads/{upload_id}/packs"),
    ("put", "uploads/{upload_id}/blobs/{sha256}"),
    ("get", "me"),
    ("patch", "me"),
    ("get", "me/devices"),
    ("delete", "me/devices/{device_id}"),
    ("delete", "me/tokens/current"),
    ("get", "me/tokens"),
    ("post", "me/tokens"),
    ("delete", "me/tokens/{token_id}"),
}


@pytest.fixture
def description(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


def test_every_promised_address_is_described_and_no_other(description: dict[str, Any]) -> None:
    found = {
        (method, path.removeprefix("/api/v1/"))
        for path, methods in description["paths"].items()
        for method in methods
    }

    assert description["openapi"].startswith("3.1")
    assert found == PROMISED


def test_every_operation_says_what_it_does_and_which_errors_it_gives(
    description: dict[str, Any],
) -> None:
    operations = [op for methods in description["paths"].values() for op in methods.values()]

    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for operation in operations:
        assert operation["description"].endswith("."), operation["operationId"]
        schema = operation["responses"]["default"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/ErrorBody"}


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]

    for reference in re.findall(r"#/components/schemas/(\w+)", str(description)):
        assert reference in schemas
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_an_upload_is_described_as_a_form_with_a_file(description: dict[str, Any]) -> None:
    path = "/api/v1/challenges/{slug}/phases/{phase}/submissions"

    form = description["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]

    assert form["schema"]["required"] == ["file"]
    assert set(form["schema"]["properties"]) == {"file", "method", "description", "metadata"}


def test_public_operations_ask_for_no_sign_in(description: dict[str, Any]) -> None:
    listing = description["paths"]["/api/v1/challenges"]["get"]
    me = description["paths"]["/api/v1/me"]["get"]

    assert {} in listing["security"]
    assert me["security"] == [{"TokenAuth": []}, {"SessionAuth": []}]


def test_the_page_for_people_needs_no_other_site_and_no_inline_script(client: Client) -> None:
    response = client.get("/api/v1/docs")

    html = response.content.decode()
    sources = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert response.status_code == 200
    assert sources
    assert all(source.startswith("/static/ninja/") for source in sources)
    assert all(finders.find(source.removeprefix("/static/")) for source in sources)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
    assert "style=" not in html
