"""`agon-site challenge`: loads folders, hands baselines in, runs failed scorings again."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from challenges.baselines import Baseline, read_baselines
from challenges.config import ChallengeConfig, ChallengeFolder, ConfigInvalid, read_folder
from challenges.errors import ChallengeError
from challenges.models import Challenge, Submission
from challenges.services.baselines import differences, submit_baseline
from challenges.services.loading import load_challenge
from challenges.services.rerunning import rerun_failed

POLL_SECONDS = 0.2


class Command(BaseCommand):
    """What an operator does with challenges."""

    help = "Check or load a challenge folder, hand its baselines in, run failed scorings again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the sub-commands."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load", help="make a folder the challenge's current revision")
        load.add_argument("folder", type=Path)
        load.add_argument(
            "--rescore", action="store_true", help="score all submissions again where needed"
        )
        check = verbs.add_parser("check", help="say what is wrong with a folder")
        check.add_argument("folder", type=Path)
        baselines = verbs.add_parser(
            "baselines", help="hand in a loaded folder's baselines and compare their scores"
        )
        baselines.add_argument("folder", type=Path)
        baselines.add_argument(
            "--seconds", type=float, default=300, help="how long to wait for the scores"
        )
        rerun = verbs.add_parser("rerun", help="queue a challenge's failed evaluations again")
        rerun.add_argument("slug")
        verbs.add_parser("schema", help="print the JSON Schema of challenge.yaml, for editors")

    def handle(self, *_: Any, **options: Any) -> None:  # Django's signature
        """Run a sub-command."""
        try:
            self._run(options)
        except ConfigInvalid as error:
            sys.stderr.write(f"{error}\n")
            problems = len(error.problems)
            raise CommandError(f"{problems} problem{'s'[: problems != 1]} to mend.") from error
        except ChallengeError as error:
            raise CommandError(str(error)) from error

    def _run(self, options: dict[str, Any]) -> None:
        match options["verb"]:
            case "schema":
                self.stdout.write(json.dumps(ChallengeConfig.model_json_schema(), indent=2))
            case "rerun":
                self._rerun(options["slug"])
            case "load":
                self._load(read_folder(options["folder"]), rescore=options["rescore"])
            case "baselines":
                folder = read_folder(options["folder"])
                self._baselines(folder, seconds=options["seconds"])
            case _:
                read_folder(options["folder"])
                self.stdout.write(f"{options['folder']} is a valid challenge.")

    def _load(self, folder: ChallengeFolder, *, rescore: bool) -> None:
        loaded = load_challenge(folder, rescore=rescore)
        state = "now at" if loaded.is_new else "unchanged at"
        self.stdout.write(
            f"{loaded.challenge.slug} is {state} revision {loaded.revision.number} "
            f"({loaded.revision.digest[:12]})."
        )
        if loaded.requeued:
            self.stdout.write(f"{loaded.requeued} submissions are being scored again.")

    def _rerun(self, slug: str) -> None:
        self.stdout.write(f"{rerun_failed(_challenge(slug))} evaluations are queued again.")

    def _baselines(self, folder: ChallengeFolder, *, seconds: float) -> None:
        challenge = _challenge(folder.config.slug)
        handed_in = [
            (_hand_in(challenge, baseline), baseline) for baseline in read_baselines(folder.root)
        ]
        deadline = time.monotonic() + seconds
        wrong: list[str] = []
        for submission, baseline in handed_in:
            while not submission.status.is_final and time.monotonic() < deadline:
                connection.close_if_unusable_or_obsolete()
                time.sleep(POLL_SECONDS)
                submission = Submission.objects.get(pk=submission.pk)  # noqa: PLW2901 - fresh state
            wrong += differences(submission, baseline)
            self.stdout.write(f"{baseline.name}: {submission.status}")
        if wrong:
            raise CommandError("\n".join(wrong))


def _challenge(slug: str) -> Challenge:
    challenge = Challenge.objects.filter(slug=slug).first()
    if challenge is None:
        raise CommandError(f"There is no challenge '{slug}'. Load its folder first.")
    return challenge


def _hand_in(challenge: Challenge, baseline: Baseline) -> Submission:
    """Return the baseline's submission to the first open phase, handed in now if need be."""
    now = timezone.now()
    phase = next((p for p in challenge.phases.all() if p.opens_at <= now < p.closes_at), None)
    if phase is None:
        raise CommandError(f"No phase of '{challenge.slug}' is open.")
    new = submit_baseline(challenge=challenge, phase=phase, baseline=baseline)
    if new is not None:
        return new
    mine = Submission.objects.filter(team__name=baseline.declared.method, phase=phase)
    return mine.filter(team__is_baseline=True).latest("submitted_at")
