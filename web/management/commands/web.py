"""`agon-site web`: the web server."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from web.running.children import web_command


class Command(BaseCommand):
    """Becomes the web server."""

    help = "Serve pages and API."

    def handle(self, *_: Any, **__: Any) -> None:  # Django's signature
        """Replace this process by the server."""
        command = web_command(settings.AGON)
        os.execv(sys.executable, command)  # noqa: S606 - no shell, our own words
