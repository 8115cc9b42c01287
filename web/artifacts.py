"""Pictures and files of an evaluation: as the page shows them, and as they are sent."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from challenges.models import Artifact
from evaluator.errors import InputUnavailable
from evaluator.manifests import FileEntry
from evaluator.outcomes import ArtifactKind
from web.serving import serve

logger = logging.getLogger(__name__)

TYPES = {
    ArtifactKind.PNG: "image/png",
    ArtifactKind.JPEG: "image/jpeg",
    ArtifactKind.CSV: "text/csv; charset=utf-8",
    ArtifactKind.JSON: "application/json",
    ArtifactKind.TEXT: "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class Picture:
    """One picture as the page shows it, with the scores of its case as far as they are shown."""

    artifact: Artifact
    scores: Mapping[str, float]

    @property
    def title(self) -> str:
        """The case, or the name of a program's picture."""
        return self.artifact.case or self.artifact.name

    @property
    def alt(self) -> str:
        """What is seen."""
        if self.artifact.is_of_case:
            return f"{self.artifact.case}. {self.artifact.words}"
        return f"{self.artifact.name}, a picture that the scoring program has drawn."


def pictures_of(
    artifacts: Sequence[Artifact], cases: Sequence[tuple[str, Mapping[str, float]]]
) -> tuple[Picture, ...]:
    """Return what of `artifacts` is shown in the page."""
    scores = dict(cases)
    return tuple(Picture(a, scores.get(a.case, {})) for a in artifacts if a.is_picture)


def serve_artifact(request: HttpRequest, artifact: Artifact) -> HttpResponseBase:
    """Answer with the file; only pictures are shown in the browser, all else is saved.

    Raises: Http404 when the store has lost it.
    """
    name = artifact.name.replace("/", "-")
    entry = FileEntry(path=name, size=artifact.size_bytes, sha256=artifact.sha256)
    try:
        response = serve(request, entry)
    except InputUnavailable as error:
        logger.error("artifact.lost artifact_id=%s reason=%s", artifact.pk, error)  # noqa: TRY400
        raise Http404("The file has been lost.") from error
    disposition = content_disposition_header(as_attachment=not artifact.is_picture, filename=name)
    response.headers["Content-Type"] = TYPES[ArtifactKind(artifact.kind)]
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Cache-Control"] = "private, no-cache"  # who may see it can change
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
