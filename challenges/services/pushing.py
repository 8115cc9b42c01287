"""Takes in a challenge folder that an organiser sends as a ZIP file."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from challenges.archives import unpack
from challenges.baselines import read_baselines
from challenges.config import ChallengeFolder, read_folder
from challenges.errors import PushRefused
from challenges.models import Challenge, Submission, User
from challenges.services.baselines import submit_baseline
from challenges.services.loading import Loaded, load_challenge

FOLDER = "pushed"  # below the home: where /tmp lies there may be no room for a challenge


@dataclass(frozen=True)
class Pushed:
    """What a push did."""

    loaded: Loaded
    baselines: tuple[Submission, ...]  # handed in now; those that are unchanged are not


def check_may_push(user: User, slug: str | None = None) -> None:
    """Let somebody pass who may push a challenge, or at least one of some name.

    Staff may push any. Others may push what they organise already: a new challenge is for the
    people who run the site to let in. Raises: PushRefused.
    """
    if user.is_staff or user.is_superuser:
        return
    own = user.organised.all() if slug is None else user.organised.filter(slug=slug)
    if not own.exists():
        raise PushRefused(slug)


def push(archive: Path, *, by: User, rescore: bool = False, with_baselines: bool = False) -> Pushed:
    """Make an archive's folder the challenge's current revision.

    Raises: ArchiveRefused, PushRefused, and what `read_folder` and `load_challenge` raise; nothing
    is changed then.
    """
    with opened(archive, by=by) as folder:
        loaded = load_challenge(folder, by=by, rescore=rescore)
        handed_in = _hand_baselines_in(loaded.challenge, folder) if with_baselines else ()
    return Pushed(loaded, handed_in)


@contextmanager
def opened(archive: Path, *, by: User) -> Iterator[ChallengeFolder]:
    """Unpack an archive for a while and yield the checked folder in it.

    Raises: ArchiveRefused, PushRefused, ConfigInvalid.
    """
    with working_folder() as root:
        limit = settings.AGON_CHALLENGE_BYTES
        folder = read_folder(unpack(archive, root / "folder", limit_bytes=limit))
        check_may_push(by, folder.config.slug)
        yield folder


@contextmanager
def working_folder() -> Iterator[Path]:
    """Yield a folder with room for challenges; it goes with everything in it."""
    base = Path(settings.AGON_HOME) / FOLDER
    base.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base) as name:
        yield Path(name)


def _hand_baselines_in(challenge: Challenge, folder: ChallengeFolder) -> tuple[Submission, ...]:
    now, baselines = timezone.now(), read_baselines(folder.root)
    phases = [p for p in challenge.phases.all() if p.opens_at <= now < p.closes_at]
    handed_in = [
        submit_baseline(challenge=challenge, phase=phase, baseline=baseline)
        for phase in phases
        for baseline in baselines
    ]
    return tuple(submission for submission in handed_in if submission is not None)
