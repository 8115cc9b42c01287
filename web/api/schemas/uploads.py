"""Uploads over the wire: sizes are bytes, digests SHA-256 in hexadecimal."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from challenges.models import UploadState
from evaluator.manifests import Digest
from web.api.schemas.base import Frozen, Text


class UploadInfo(Frozen):
    """Where an upload is. Blobs that several files share are missing once."""

    id: UUID
    challenge: str
    phase: str
    name: str
    state: UploadState
    expires_at: datetime
    files: int
    bytes: int
    missing_files: int
    missing_bytes: int
    pack_bytes: int = Field(description="The largest pack, without the heads of its frames")
    part_bytes: int = Field(description="The largest part of one blob")
    submission: UUID | None


class MissingQuery(Frozen):
    """Which of the missing blobs."""

    after: Digest | None = Field(default=None, description="`next` of the page before")
    limit: int = Field(default=10_000, ge=1, le=10_000)


class MissingList(Frozen):
    """Blobs that are to be sent, in ascending order; `partial` are those of which some is here."""

    digests: tuple[Digest, ...]
    next: Digest | None
    partial: dict[Digest, int] = Field(description="Bytes that are here")


class PackReceived(Frozen):
    """What was kept of a pack, and what the upload still lacks."""

    received: int
    bytes: int
    missing_files: int
    missing_bytes: int


class PartQuery(Frozen):
    """Where a part begins in its blob."""

    offset: int = Field(default=0, ge=0)


class PartReceived(Frozen):
    """How many bytes of the blob are here; all of them, and they are verified."""

    received: int


class HandIn(Frozen):
    """An upload that is whole, and what is said about it."""

    upload: UUID
    method: Text = Field(default="", max_length=80)
    description: Text = Field(default="", max_length=4000)
    metadata: dict[str, object] = Field(default_factory=dict)
