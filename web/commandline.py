"""The server command `agon-site`: Django's own commands and ours."""

import os
import sys

from django.core.management import execute_from_command_line

from evaluator.errors import SandboxUnavailable
from evaluator.settings import HostSettings, SettingsInvalid, environment_values
from evaluator.worker import run_worker
from web.environment import check_names


def main() -> None:
    """Run the command that was asked for; trouble that has a sentence is shown as one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    if sys.argv[1:2] == ["worker"]:
        _worker()
        return
    try:
        execute_from_command_line(sys.argv)
    except (SettingsInvalid, SandboxUnavailable) as error:
        sys.exit(f"agon-site: {error}")


def _worker() -> None:
    """Serve a queue; this path reads no settings of the site, so that a host holds no secrets."""
    try:
        check_names(environment_values(os.environ))
        run_worker(HostSettings.read())
    except (SandboxUnavailable, SettingsInvalid) as error:
        sys.exit(f"agon-site worker: {error}")
