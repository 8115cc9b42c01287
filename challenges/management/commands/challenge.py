"""`agon-site challenge`: loads challenge folders."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from challenges.config import ChallengeConfig, ConfigInvalid, read_folder
from challenges.errors import ChallengeError
from challenges.services.loading import load_challenge


class Command(BaseCommand):
    """Checks and loads challenge folders."""

    help = "Check or load a challenge folder, or print the JSON Schema of challenge.yaml."

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
        verbs.add_parser("schema", help="print the JSON Schema of challenge.yaml, for editors")

    def handle(self, *_: Any, **options: Any) -> None:  # Django's signature
        """Run a sub-command."""
        if options["verb"] == "schema":
            json.dump(ChallengeConfig.model_json_schema(), self.stdout, indent=2)
            return
        try:
            folder = read_folder(options["folder"])
            if options["verb"] == "load":
                self._load(folder, rescore=options["rescore"])
            else:
                self.stdout.write(f"{options['folder']} is a valid challenge.")
        except ConfigInvalid as error:
            sys.stderr.write(f"{error}\n")
            problems = len(error.problems)
            raise CommandError(f"{problems} problem{'s'[: problems != 1]} to mend.") from error
        except ChallengeError as error:
            raise CommandError(str(error)) from error

    def _load(self, folder: Any, *, rescore: bool) -> None:
        loaded = load_challenge(folder, rescore=rescore)
        state = "now at" if loaded.is_new else "unchanged at"
        self.stdout.write(
            f"{loaded.challenge.slug} is {state} revision {loaded.revision.number} "
            f"({loaded.revision.digest[:12]})."
        )
        if loaded.requeued:
            self.stdout.write(f"{loaded.requeued} submissions are being scored again.")
