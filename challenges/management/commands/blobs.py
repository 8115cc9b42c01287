"""`agon-site blobs`: looks after the store of uploads, truth, logs and pictures."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from challenges.errors import ChallengeError
from challenges.services.collecting import collect


class Command(BaseCommand):
    """Removes what nothing needs."""

    help = "Remove blobs that no submission, revision, upload or score needs any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the sub-commands."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verb = verbs.add_parser("collect", help="remove blobs that nothing needs any more")
        verb.add_argument("--dry-run", action="store_true", help="only say what would be removed")

    def handle(self, *_: Any, **options: Any) -> None:  # Django's signature
        """Run a sub-command."""
        try:
            collected = collect(dry_run=options["dry_run"])
        except ChallengeError as error:
            raise CommandError(str(error)) from error
        done = "would be removed" if options["dry_run"] else "are removed"
        self.stdout.write(
            f"{collected.blobs} blobs ({collected.size_bytes / 1024**2:,.1f} MiB) {done}."
        )
