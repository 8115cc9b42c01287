"""The API describes itself: OpenAPI 3.1, and a page for people that needs no other site."""

import re
from typing import Any

import jsonschema
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db

# Names that people and programs rely on; docs/reference/openapi.json has all of them.
PROMISED = """
get challenges
post challenges
get challenges/{slug}
get challenges/{slug}/files
get challenges/{slug}/files/{path}
get challenges/{slug}/pages
get challenges/{slug}/pages/{name}
post challenges/{slug}/join
get challenges/{slug}/team
patch challenges/{slug}/team
post challenges/{slug}/team/invitation
post challenges/{slug}/team/leave
get invitations/{word}
post invitations/{word}/accept
get challenges/{slug}/phases/{phase}/leaderboard
get challenges/{slug}/phases/{phase}/quota
post challenges/{slug}/phases/{phase}/submissions
post challenges/{slug}/phases/{phase}/uploads
get uploads/{upload_id}
delete uploads/{upload_id}
get uploads/{upload_id}/missing
post uploads/{upload_id}/packs
put uploads/{upload_id}/blobs/{sha256}
get challenges/{slug}/submissions
get challenges/{slug}/organise
get challenges/{slug}/organise/submissions
post challenges/{slug}/rerun
get challenges/{slug}/revisions
get challenges/{slug}/revisions/{number}/files
get challenges/{slug}/revisions/{number}/files/{path}
post challenge-checks
get submissions/{submission_id}
get submissions/{submission_id}/artifacts/{artifact_id}
get submissions/{submission_id}/events
get submissions/{submission_id}/files
get submissions/{submission_id}/files/{path}
get submissions/{submission_id}/logs
post submissions/{submission_id}/cancel
post submissions/{submission_id}/choose
get me
patch me
get me/devices
delete me/devices/{device_id}
get me/tokens
post me/tokens
delete me/tokens/current
delete me/tokens/{token_id}
"""


@pytest.fixture
def description(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


def test_no_promised_address_is_missing(description: dict[str, Any]) -> None:
    found = {
        f"{method} {path.removeprefix('/api/v1/')}"
        for path, methods in description["paths"].items()
        for method in methods
    }

    assert description["openapi"].startswith("3.1")
    assert set(PROMISED.strip().splitlines()) - found == set()


def test_every_operation_names_the_scope_that_a_token_needs(description: dict[str, Any]) -> None:
    operations = {
        operation["operationId"]: operation["security"]
        for methods in description["paths"].values()
        for operation in methods.values()
    }

    assert operations["show_submission"] == [{"TokenAuth": ["read"]}, {"SessionAuth": []}]
    assert operations["create_submission"] == [{"TokenAuth": ["submit"]}, {"SessionAuth": []}]
    assert operations["show_logs"] == [{"TokenAuth": ["organise"]}, {"SessionAuth": []}]
    assert operations["make_token"] == [{"SessionAuth": []}]
    assert all(security for security in operations.values())


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


def test_operations_name_the_headers_that_they_heed(description: dict[str, Any]) -> None:
    def headers(path: str, method: str) -> set[str]:
        operation = description["paths"][f"/api/v1/{path}"][method]
        return {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}

    handing_in = "challenges/{slug}/phases/{phase}/submissions"
    assert headers(handing_in, "post") == {"Idempotency-Key"}
    assert headers("me", "get") == {"If-None-Match"}
    assert headers("me", "patch") == set()


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
    assert me["security"] == [{"TokenAuth": ["read"]}, {"SessionAuth": []}]


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
