"""The server command `agon-site`: Django's own commands and ours."""

import os
import sys

from web.environment import SettingsInvalid


def main() -> None:
    """Run the command that was asked for; trouble that has a sentence is shown as one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    arguments = sys.argv or ["agon-site"]
    if arguments[1:2] == ["worker"]:
        _worker()
        return
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(arguments)
    except SettingsInvalid as error:
        sys.exit(f"agon-site: {error}")


def _worker() -> None:
    """Serve a queue; this path never loads Django, so that a host holds no secret of the site."""
    from evaluator.worker import main as worker

    worker()
