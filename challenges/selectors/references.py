"""Which blobs the database names: a blob that it does not name anywhere may go."""

import re
from collections.abc import Iterable, Iterator

from challenges.blobindex import BlobIndex
from challenges.models import (
    Artifact,
    Evaluation,
    Revision,
    ScorerVersion,
    Submission,
    TruthVersion,
    Upload,
)

# As pydantic writes it. Parsing a manifest of 200,000 files would take a hundred times as long.
_DIGEST = re.compile(r'"sha256":"([0-9a-f]{64})"')
_ROWS = 4  # at a time: a manifest may have 60 MB


def referenced() -> Iterator[str]:
    """Yield the digest of every blob that something stored needs; many of them more than once.

    All but those that only a team's list of what it has sent names: see `TeamBlob`.
    """
    manifests = (
        Submission.objects.values_list("manifest_json", flat=True),
        Revision.objects.values_list("manifest_json", flat=True),
        TruthVersion.objects.values_list("manifest_json", flat=True),
        ScorerVersion.objects.values_list("program_json", flat=True),
    )
    for texts in manifests:
        yield from _in_manifests(texts.iterator(_ROWS))
    for index in Upload.objects.open().values_list("index", flat=True).iterator(_ROWS):
        yield from (digest for digest, _ in BlobIndex(bytes(index)))
    yield from Artifact.objects.values_list("sha256", flat=True).iterator()
    logs = Evaluation.objects.exclude(log_sha256="")
    yield from logs.values_list("log_sha256", flat=True).iterator()


def _in_manifests(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for match in _DIGEST.finditer(text):
            yield match[1]
