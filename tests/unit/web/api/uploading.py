"""How tests upload over the API."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests import packing

UPLOADS = "/api/v1/challenges/rain/phases/main/uploads"
PACK = "application/vnd.agon.pack"


def begin(client: Client, files: Mapping[str, bytes] = packing.STORE) -> dict[str, Any]:
    """Begin an upload and return what the site says of it."""
    response = announce(client, packing.listing(files))
    assert response.status_code in {200, 201}, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def announce(client: Client, body: bytes, **headers: str) -> HttpResponse:
    """Send a list of files."""
    response = client.post(UPLOADS, body, content_type="application/json", headers=headers)
    assert isinstance(response, HttpResponse)
    return response


def send_pack(client: Client, upload: str, body: bytes) -> HttpResponse:
    """Send a pack."""
    response = client.post(f"/api/v1/uploads/{upload}/packs", body, content_type=PACK)
    assert isinstance(response, HttpResponse)
    return response


def send_part(
    client: Client, upload: str, content: bytes, part: slice = slice(None), offset: int = 0
) -> HttpResponse:
    """Send a part of a blob's bytes."""
    address = f"/api/v1/uploads/{upload}/blobs/{packing.digest_of(content)}?offset={offset}"
    body = content[part]
    response = client.put(
        address,
        body,
        content_type="application/octet-stream",
        headers={"content-length": str(len(body))},  # the client leaves it out when there is none
    )
    assert isinstance(response, HttpResponse)
    return response


def missing(client: Client, upload: str) -> set[str]:
    """Return the digests that the site lacks."""
    return set(client.get(f"/api/v1/uploads/{upload}/missing").json()["digests"])


def digests(*contents: bytes) -> set[str]:
    """Return the digests of bytes."""
    return {packing.digest_of(content) for content in contents}
