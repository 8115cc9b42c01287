"""`agon-site engine`: the embedded scheduler and evaluation host."""

from typing import Any

from django.core.management.base import BaseCommand

from evaluator.settings import HostSettings
from web.running.engine import run_engine


class Command(BaseCommand):
    """Runs the embedded engine in the foreground."""

    help = "Run scheduler and evaluation host in one process, over a broker in its memory."

    def handle(self, *_: Any, **__: Any) -> None:  # Django's signature
        """Run until a signal ends it."""
        run_engine(HostSettings.read())
