"""The gallery: challenges that teach and test, with scored baselines and demo accounts."""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from challenges.baselines import Baseline, read_baselines
from challenges.config import read_folder
from challenges.models import Challenge, Submission, User
from challenges.services.baselines import submit_baseline
from challenges.services.loading import load_challenge

SOURCE = Path(__file__).parents[2] / "challenges" / "gallery"
PEOPLE = {"ada@example.org": "Ada (organiser)", "grace@example.org": "Grace (participant)"}


@dataclass(frozen=True)
class Demo:
    """What the start prints: accounts with their passwords, and what is being scored."""

    accounts: dict[str, str]
    submitted: list[Submission]


def ensure_gallery(home: Path) -> Demo:
    """Load the gallery and hand its baselines in; quick when nothing has changed."""
    accounts = _accounts(home)
    stamp = home / "gallery" / "stamp"
    digest = _digest(SOURCE)
    if stamp.is_file() and stamp.read_text() == digest:
        return Demo(accounts, [])
    submitted = [s for folder in _folders(home) for s in _load(folder)]
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(digest)
    return Demo(accounts, submitted)


def gallery_challenges(home: Path) -> Iterator[tuple[Challenge, list[Baseline]]]:
    """Yield each gallery challenge with its baselines."""
    for folder in sorted((home / "gallery").glob("*/challenge.yaml")):
        challenge = Challenge.objects.get(slug=read_folder(folder.parent).config.slug)
        yield challenge, read_baselines(folder.parent)


def _load(folder: Path) -> list[Submission]:
    challenge = load_challenge(read_folder(folder), rescore=True).challenge
    now = timezone.now()
    phases = [p for p in challenge.phases.all() if p.opens_at <= now < p.closes_at]
    handed_in = [
        submit_baseline(challenge=challenge, phase=phase, baseline=baseline)
        for phase in phases
        for baseline in read_baselines(folder)
    ]
    return [submission for submission in handed_in if submission is not None]


def _folders(home: Path) -> list[Path]:
    """Return a folder for each gallery challenge; one that has no truth here is computed."""
    folders = []
    for source in sorted(path.parent for path in SOURCE.glob("*/challenge.yaml")):
        target = home / "gallery" / source.name
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / "truth").is_dir():
            shutil.copytree(source, target)
        else:
            _compute(source, target)
        folders.append(target)
    return folders


def _compute(source: Path, target: Path) -> None:
    subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(source / "make.py"), str(target)], check=True
    )


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(folder)}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@transaction.atomic
def _accounts(home: Path) -> dict[str, str]:
    """Return the demo accounts, made once with passwords that only this machine knows."""
    file = home / "demo_accounts"
    if file.is_file():
        return dict(line.split(" ", 1) for line in file.read_text().splitlines())
    accounts = {}
    for email, name in PEOPLE.items():
        password = secrets.token_urlsafe(9)
        user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        user.name = name
        user.set_password(password)
        user.save()
        EmailAddress.objects.update_or_create(
            user=user, email=email, defaults={"verified": True, "primary": True}
        )
        accounts[email] = password
    text = "".join(f"{email} {password}\n" for email, password in accounts.items())
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    return accounts
