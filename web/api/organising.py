"""What the organisers of a challenge see and do."""

from typing import Annotated

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import Query, Router
from pydantic import Field

from challenges.models import Challenge, Revision, Task
from challenges.selectors.organising import (
    CodeCount,
    Wanted,
    code_counts,
    submissions_of,
    tasks_of,
)
from challenges.services.rerunning import rerun_failed
from challenges.visibility import Viewer
from evaluator.codes import Code, Status
from evaluator.manifests import FileEntry
from web.api.access import find_organised_challenge
from web.api.auth import ORGANISING
from web.api.challenges import BYTES
from web.api.errors import NotFound
from web.api.paging import PageQuery, by_name, newest_first
from web.api.results import summary
from web.api.schemas.organising import (
    CodeCountInfo,
    FolderFile,
    FolderFiles,
    OverviewInfo,
    RerunInfo,
    RevisionInfo,
    RevisionList,
    TaskVersions,
)
from web.api.schemas.submissions import SubmissionList
from web.serving import serve

router = Router(tags=["organising"])


class AllQuery(PageQuery):
    """Which submissions of a challenge."""

    phase: str | None = None
    status: Status | None = None
    code: Code | None = None
    team: str = Field(default="", max_length=60, description="a part of the team's name")
    baselines: bool | None = Field(default=None, description="only baselines, or none of them")


class FilesQuery(PageQuery):
    """Which files of a folder."""

    limit: int = Field(default=1000, ge=1, le=10_000)


@router.get("challenges/{slug}/organise", auth=ORGANISING, response=OverviewInfo)
def show_overview(request: HttpRequest, slug: str) -> OverviewInfo:
    """The current revision, scorers and truths, and how often what went wrong."""
    challenge = find_organised_challenge(request, slug)
    return OverviewInfo(
        challenge=slug,
        revision=revision_info(challenge.revision, challenge),
        tasks=tuple(_versions(task) for task in tasks_of(challenge)),
        troubles=tuple(_trouble(count) for count in code_counts(challenge)),
    )


@router.get("challenges/{slug}/organise/submissions", auth=ORGANISING, response=SubmissionList)
def list_all_submissions(
    request: HttpRequest, slug: str, query: Annotated[AllQuery, Query()]
) -> SubmissionList:
    """Submissions of all teams, newest first."""
    challenge = find_organised_challenge(request, slug)
    wanted = Wanted(status=query.status or "", code=query.code or "", team=query.team)
    rows = submissions_of(challenge, wanted)
    if query.phase is not None:
        rows = rows.filter(phase__slug=query.phase)
    if query.baselines is not None:
        rows = rows.filter(team__is_baseline=query.baselines)
    page, following = newest_first(rows, query, name=f"all-{slug}", moment="submitted_at")
    viewer = Viewer(is_organiser=True, team_id=None)
    return SubmissionList(
        submissions=tuple(summary(submission, viewer) for submission in page), next=following
    )


@router.post("challenges/{slug}/rerun", auth=ORGANISING, response=RerunInfo)
def rerun_challenge(request: HttpRequest, slug: str) -> RerunInfo:
    """Queue every failed evaluation again, once what made it fail is mended."""
    return RerunInfo(evaluations=rerun_failed(find_organised_challenge(request, slug)))


@router.get("challenges/{slug}/revisions", auth=ORGANISING, response=RevisionList)
def list_revisions(
    request: HttpRequest, slug: str, query: Annotated[PageQuery, Query()]
) -> RevisionList:
    """What was pushed or loaded when, and by whom, the latest first."""
    challenge = find_organised_challenge(request, slug)
    rows = challenge.revisions.select_related("loaded_by").defer("config_json", "manifest_json")
    page, following = newest_first(rows, query, name=f"revisions-{slug}", moment="loaded_at")
    return RevisionList(
        revisions=tuple(revision_info(revision, challenge) for revision in page), next=following
    )


@router.get("challenges/{slug}/revisions/{int:number}/files", auth=ORGANISING, response=FolderFiles)
def list_folder(
    request: HttpRequest, slug: str, number: int, query: Annotated[FilesQuery, Query()]
) -> FolderFiles:
    """The files of a revision's folder; of ground truth only sizes and digests."""
    revision = _revision(request, slug, number)
    files = {entry.path: entry for entry in revision.manifest.files}
    paths, following = by_name(sorted(files), query, name=f"folder-{slug}-{number}")
    return FolderFiles(
        revision=number,
        files=tuple(_file(files[path], revision, slug) for path in paths),
        next=following,
    )


@router.get(
    "challenges/{slug}/revisions/{int:number}/files/{path:path}",
    auth=ORGANISING,
    openapi_extra=BYTES,
)
def download_folder_file(
    request: HttpRequest, slug: str, number: int, path: str
) -> HttpResponseBase:
    """A file of a revision's folder, or a part of it (Range); never ground truth."""
    revision = _revision(request, slug, number)
    entry = next((entry for entry in revision.manifest.files if entry.path == path), None)
    if entry is None or is_truth(path, revision):
        raise NotFound(f"There is no file '{path}' that is served.")
    response = serve(request, entry)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def is_truth(path: str, revision: Revision) -> bool:
    """True for ground truth, which leaves the blob store only for the hosts that score."""
    folders = {task.truth for phase in revision.config.phases for task in phase.all_tasks}
    return any(path == folder or path.startswith(f"{folder}/") for folder in {*folders, "truth"})


def revision_info(revision: Revision, challenge: Challenge) -> RevisionInfo:
    """Return a revision as the API shows it."""
    return RevisionInfo(
        number=revision.number,
        digest=revision.digest,
        is_current=revision.pk == challenge.current_id,
        loaded_at=revision.loaded_at,
        loaded_by=str(revision.loaded_by) if revision.loaded_by else None,
    )


def _revision(request: HttpRequest, slug: str, number: int) -> Revision:
    challenge = find_organised_challenge(request, slug)
    revision = challenge.revisions.filter(number=number).first()
    if revision is None:
        raise NotFound(f"There is no revision {number} of '{slug}'.")
    return revision


def _file(entry: FileEntry, revision: Revision, slug: str) -> FolderFile:
    address = reverse("api:download_folder_file", args=[slug, revision.number, entry.path])
    return FolderFile(
        path=entry.path,
        size=entry.size,
        sha256=entry.sha256,
        url=None if is_truth(entry.path, revision) else address,
    )


def _versions(task: Task) -> TaskVersions:
    scorer, truth = task.versions
    return TaskVersions(
        phase=task.phase.slug, task=task.slug, scorer=scorer.digest, truth=truth.digest
    )


def _trouble(count: CodeCount) -> CodeCountInfo:
    return CodeCountInfo(status=Status(count.status), code=count.code, number=count.number)
