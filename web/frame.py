"""What every page of a challenge shows around its own content, in a fixed number of queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from challenges.models import Challenge, Membership, Phase
from challenges.selectors.challenges import PhaseState, state_of
from challenges.visibility import Viewer
from web.pages import Page, image_address, pages_of


@dataclass(frozen=True)
class Tab:
    """One entry of the challenge's navigation."""

    name: str
    label: str
    address: str


@dataclass(frozen=True)
class Frame:
    """A challenge as one person sees it."""

    challenge: Challenge
    phases: tuple[PhaseState, ...]
    pages: tuple[Page, ...]
    image: str
    team_id: int | None
    is_organiser: bool

    @property
    def viewer(self) -> Viewer:
        """What decides what the person sees of scores."""
        return Viewer(is_organiser=self.is_organiser, team_id=self.team_id)

    @property
    def open_phases(self) -> list[Phase]:
        """The phases that take submissions now."""
        return [row.phase for row in self.phases if row.state == "open"]

    @property
    def phase(self) -> PhaseState:
        """The phase that matters now: the first open one, else the next, else the last."""
        for state in ("open", "upcoming"):
            for row in self.phases:
                if row.state == state:
                    return row
        return self.phases[-1]

    @property
    def license(self) -> str:
        """Under what the data may be used."""
        return self.challenge.revision.config.license

    @property
    def tabs(self) -> list[Tab]:
        """The challenge's navigation, as far as the person may go."""
        slug = self.challenge.slug
        tabs = [Tab(page.name, page.label, page.address) for page in self.pages]
        tabs.append(Tab("leaderboard", "Leaderboard", reverse("leaderboard", args=[slug])))
        if self.team_id is not None:
            address = reverse("my-submissions", args=[slug])
            tabs.append(Tab("submissions", "My submissions", address))
            tabs.append(Tab("team", "Team", reverse("team", args=[slug])))
        if self.is_organiser:
            tabs.append(Tab("organise", "Organise", reverse("organise", args=[slug])))
        return tabs

    def page(self, name: str) -> Page | None:
        """Return a page by name."""
        return next((page for page in self.pages if page.name == name), None)


def challenge_with_boards(user: object) -> QuerySet[Challenge]:
    """Return challenges with revision, phases and boards, and what `user` is there.

    Three queries for one challenge: what the person is comes with the first.
    """
    pk = getattr(user, "pk", None)
    through = Challenge.organisers.through.objects.filter(challenge=OuterRef("pk"), user=pk)
    memberships = Membership.objects.filter(challenge=OuterRef("pk"), user=pk)
    organises = Value(value=True) if getattr(user, "is_superuser", False) else Exists(through)
    return (
        Challenge.objects.exclude(current=None)
        .select_related("current")
        .prefetch_related("phases__leaderboards")
        .annotate(viewer_organises=organises, viewer_team=Subquery(memberships.values("team")))
    )


def frame_of(challenge: Any) -> Frame:  # a Challenge with the annotations above
    """Return the frame around the pages of a challenge from `challenge_with_boards`."""
    now = timezone.now()
    return Frame(
        challenge=challenge,
        phases=tuple(PhaseState(phase, state_of(phase, now)) for phase in challenge.phases.all()),
        pages=pages_of(challenge),
        image=image_address(challenge),
        team_id=challenge.viewer_team,
        is_organiser=bool(challenge.viewer_organises),
    )


def frame_context(frame: Frame, tab: str, request: HttpRequest) -> dict[str, object]:
    """Return what the templates around a challenge's pages need."""
    return {"frame": frame, "challenge": frame.challenge, "tab": tab, "path": request.path}
