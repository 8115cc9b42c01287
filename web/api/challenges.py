"""Challenges: list, details, public files, joining."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from challenges.config import Board, Column, TaskConfig
from challenges.models import Challenge, Leaderboard, Phase
from challenges.selectors.challenges import challenge_list, state_of
from challenges.selectors.submissions import viewer_of
from challenges.services.joining import join
from challenges.visibility import Viewer, visible_splits
from web.api.access import find_challenge
from web.api.auth import ANYBODY, OPTIONAL, SIGNED_IN, person
from web.api.errors import NotFound
from web.api.etags import say_state
from web.api.me import membership_info
from web.api.paging import PageQuery, by_name, cursor_at, place_of
from web.api.quotas import limits_info
from web.api.schemas.challenges import (
    BoardInfo,
    CaseInfo,
    ChallengeInfo,
    ChallengeList,
    ChallengeSummary,
    ColumnInfo,
    FileInfo,
    FileList,
    JoinRequest,
    MembershipInfo,
    PhaseInfo,
    PhaseSummary,
    TaskInfo,
)
from web.pages import public_files
from web.serving import serve

PLAIN_JOIN = JoinRequest()
BYTES: dict[str, Any] = {"responses": {200: {"content": {"application/octet-stream": {}}}}}

router = Router(tags=["challenges"])


class ChallengesQuery(PageQuery):
    """Which challenges."""

    limit: int = Field(default=100, ge=1, le=500)


class FilesQuery(PageQuery):
    """Which files."""

    limit: int = Field(default=10_000, ge=1, le=10_000)


@router.get("challenges", auth=ANYBODY, response=ChallengeList, openapi_extra=OPTIONAL)
def list_challenges(
    request: HttpRequest,  # noqa: ARG001 - ninja's signature
    query: Annotated[ChallengesQuery, Query()],
) -> ChallengeList:
    """Challenges with their phases, by slug."""
    place = place_of("challenges", query.cursor)
    rows = challenge_list().filter(slug__gt=place[0]) if place else challenge_list()
    found = list(rows[: query.limit + 1])
    shown = found[: query.limit]
    return ChallengeList(
        challenges=tuple(_card(challenge) for challenge in shown),
        next=cursor_at("challenges", shown[-1].slug) if len(found) > len(shown) else None,
    )


@router.get("challenges/{slug}", auth=ANYBODY, response=ChallengeInfo, openapi_extra=OPTIONAL)
def show_challenge(request: HttpRequest, slug: str, response: HttpResponse) -> ChallengeInfo:
    """One challenge: phases with their limits, what an upload must hold, leaderboards."""
    challenge = find_challenge(slug)
    viewer = viewer_of(challenge, request.user)
    team = _team_name(challenge, viewer)
    say_state(request, response, *_state(challenge, viewer), team)
    config = challenge.revision.config
    return ChallengeInfo(
        slug=challenge.slug,
        title=challenge.title,
        summary=challenge.summary,
        license=config.license,
        revision=challenge.revision.number,
        metadata_schema=config.metadata_schema,
        phases=tuple(_phase(phase, viewer) for phase in challenge.phases.all()),
        team=team,
        is_organiser=viewer.is_organiser,
    )


@router.get("challenges/{slug}/files", auth=ANYBODY, response=FileList, openapi_extra=OPTIONAL)
def list_files(
    request: HttpRequest,  # noqa: ARG001 - ninja's signature
    slug: str,
    query: Annotated[FilesQuery, Query()],
) -> FileList:
    """The public files with their digests, by path."""
    challenge = find_challenge(slug)
    files = public_files(challenge)
    paths, following = by_name(sorted(files), query, name=f"public-{slug}")
    return FileList(
        revision=challenge.revision.number,
        files=tuple(
            FileInfo(
                path=path,
                size=files[path].size,
                sha256=files[path].sha256,
                url=reverse("api:download_file", args=[slug, path]),
            )
            for path in paths
        ),
        next=following,
    )


@router.get("challenges/{slug}/files/{path:path}", auth=ANYBODY, openapi_extra=OPTIONAL | BYTES)
def download_file(request: HttpRequest, slug: str, path: str) -> HttpResponseBase:
    """One public file, or a part of it (Range); its ETag is its SHA-256."""
    entry = public_files(find_challenge(slug)).get(path)
    if entry is None:
        raise NotFound(f"There is no public file '{path}' in '{slug}'.")
    return serve(request, entry)


@router.post("challenges/{slug}/join", auth=SIGNED_IN, response=MembershipInfo)
def join_challenge(
    request: HttpRequest, slug: str, payload: JoinRequest = PLAIN_JOIN
) -> MembershipInfo:
    """Accept the rules and take part with a team of one; a second call changes nothing."""
    challenge, user = find_challenge(slug), person(request)
    membership = join(
        challenge=challenge,
        user=user,
        team_name=payload.team_name or str(user),
        accepts_rules=payload.accepts_rules,
    )
    return membership_info(membership)


def column_info(column: Column) -> ColumnInfo:
    """Return a column as the API shows it."""
    return ColumnInfo(
        key=column.key,
        title=column.title,
        better=column.better,
        digits=column.digits,
        unit=column.unit,
        ranks=column.ranks,
    )


def _card(challenge: Any) -> ChallengeSummary:  # a Challenge with the list's annotations
    return ChallengeSummary(
        slug=challenge.slug,
        title=challenge.title,
        summary=challenge.summary,
        phases=tuple(_summary(phase) for phase in challenge.phases.all()),
        teams=challenge.team_count,
        submissions=challenge.submission_count,
    )


def _team_name(challenge: Challenge, viewer: Viewer) -> str | None:
    if viewer.team_id is None:
        return None
    return challenge.teams.values_list("name", flat=True).get(pk=viewer.team_id)


def _state(challenge: Challenge, viewer: Viewer) -> tuple[object, ...]:
    """Return what decides the answer about a challenge, but for the name of the person's team."""
    now = timezone.now()
    phases = [(phase.pk, state_of(phase, now)) for phase in challenge.phases.all()]
    boards = [
        visible_splits(board.config, closes_at=phase.closes_at, now=now, viewer=viewer)
        for phase in challenge.phases.all()
        for board in phase.leaderboards.all()
    ]
    return (challenge.pk, challenge.current_id, viewer.is_organiser, phases, boards)


def _summary(phase: Phase) -> PhaseSummary:
    return PhaseSummary(
        slug=phase.slug,
        title=phase.title,
        opens_at=phase.opens_at,
        closes_at=phase.closes_at,
        state=state_of(phase),
    )


def _phase(phase: Phase, viewer: Viewer) -> PhaseInfo:
    return PhaseInfo(
        **_summary(phase).model_dump(),
        limits=limits_info(phase),
        tasks=tuple(_task(task) for task in phase.config.all_tasks),
        leaderboards=tuple(_board(board, phase, viewer) for board in phase.leaderboards.all()),
    )


def _task(task: TaskConfig) -> TaskInfo:
    return TaskInfo(
        slug=task.slug,
        title=task.title,
        cases=tuple(
            CaseInfo(
                id=case.id,
                paths=tuple(source.path for source in case.sources),
                dtype=case.dtype,
                column=case.column,
                index=case.index,
            )
            for case in task.expanded_cases()
        ),
        scores=task.scoring.keys,
    )


def _board(leaderboard: Leaderboard, phase: Phase, viewer: Viewer) -> BoardInfo:
    board: Board = leaderboard.config
    return BoardInfo(
        slug=leaderboard.slug,
        title=leaderboard.title,
        columns=tuple(column_info(column) for column in board.columns),
        entry=board.entry,
        per=board.per,
        show=board.show,
        splits=visible_splits(board, closes_at=phase.closes_at, now=timezone.now(), viewer=viewer),
    )
