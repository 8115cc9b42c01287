"""`agon-site up`: the whole site in the foreground."""

import signal
import socket
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from challenges.models import Evaluation, Submission
from evaluator.codes import Status
from evaluator.settings import HostSettings
from web.running.children import Child, site_command, web_command
from web.running.gallery import Demo, ensure_gallery
from web.running.static import ensure_static

START_SECONDS = 60.0
SCORE_SECONDS = 180.0
UNFINISHED = (Status.QUEUED, Status.RUNNING)


class Command(BaseCommand):
    """Starts web, scheduler and worker, and looks after them."""

    help = "Run everything: migrate, load the gallery, serve. Ctrl-C ends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--no-gallery", action="store_true", help="load no example challenges")

    def handle(self, *_: Any, **options: Any) -> None:  # Django's signature
        """Run until a signal ends it."""
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self._check_port()
        self._prepare()
        demo = None if options["no_gallery"] else self._load_gallery()
        connections.close_all()
        children = self._children()
        try:
            for child in children:
                child.start()
            if self._wait_for_web(children, stop):
                self._wait_for_baselines(demo, children, stop)
                self._welcome(demo)
                self._look_after(children, stop)
        finally:
            self._say("Stopping ...")
            for child in reversed(children):
                child.stop()
            self._say("Stopped. All data are kept.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _check_port(self) -> None:
        address = (settings.AGON.address, settings.AGON.port)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError as error:
                raise CommandError(
                    f"Port {address[1]} is taken. Stop what uses it, or choose another: "
                    f"AGON_PORT={address[1] + 1} make run"
                ) from error

    def _prepare(self) -> None:
        self._say("Preparing the database ...")
        call_command("migrate", verbosity=0, interactive=False)
        ensure_static(Path(settings.STATIC_ROOT))

    def _load_gallery(self) -> Demo:
        self._say("Loading the gallery ...")
        return ensure_gallery(settings.AGON_HOME)

    def _children(self) -> list[Child]:
        names = ["engine"]
        if not HostSettings.read().broker.startswith("memory:"):
            names = ["scheduler", "worker"]
        children = [Child(name, site_command(name)) for name in names]
        return [*children, Child("web", web_command(settings.AGON))]

    def _wait_for_web(self, children: Sequence[Child], stop: Event) -> bool:
        """Wait until the site answers; False when it is to stop first."""
        deadline = time.monotonic() + START_SECONDS
        while not stop.wait(0.1):
            if self._answers():
                return True
            if time.monotonic() > deadline:
                raise CommandError("The web server does not answer; see the messages above.")
            self._check_started(children)
        return False

    def _check_started(self, children: Sequence[Child]) -> None:
        for child in children:
            if child.has_ended:
                raise CommandError(f"The {child.name} ended at once; see the messages above.")

    def _answers(self) -> bool:
        address = f"http://{settings.AGON.address}:{settings.AGON.port}/healthz"
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _wait_for_baselines(
        self, demo: Demo | None, children: Sequence[Child], stop: Event
    ) -> None:
        if demo is None or not demo.submitted:
            return
        self._say(f"Scoring {len(demo.submitted)} baselines ...")
        mine = Evaluation.objects.filter(submission__in=demo.submitted)
        deadline = time.monotonic() + SCORE_SECONDS
        while mine.filter(status__in=UNFINISHED).exists() and time.monotonic() < deadline:
            self._check_started(children)
            if stop.wait(0.2):
                return
        connections.close_all()

    def _welcome(self, demo: Demo | None) -> None:
        scored = Submission.objects.filter(evaluations__status=Status.SCORED).distinct().count()
        connections.close_all()
        self._say(f"\n{settings.SITE_NAME} is at {settings.AGON.base_url}")
        self._say(f"{scored} submissions are scored; data are in {settings.AGON_HOME}")
        for email, password in (demo.accounts if demo else {}).items():
            self._say(f"  {email:20} password {password}")
        self._say("Ctrl-C ends it.")

    def _look_after(self, children: Sequence[Child], stop: Event) -> None:
        while not stop.wait(0.5):
            for child in children:
                if child.has_ended:
                    self._say(f"The {child.name} has ended; starting it again.")
                    stop.wait(5.0 if child.was_short else 0.0)
                    child.start()
