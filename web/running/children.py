"""The processes that `agon-site up` looks after."""

import ctypes
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from web.environment import SiteSettings

PR_SET_PDEATHSIG = 1  # linux/prctl.h
STOP_SECONDS = 20.0
# A process that ends again within this time is not started again at once.
SHORT_LIFE_SECONDS = 5.0


def web_command(settings: SiteSettings) -> list[str]:
    """Return the command line of the web server."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "web.wsgi:application",
        f"--bind={settings.address}:{settings.port}",
        f"--workers={settings.web_workers}",
        f"--threads={settings.web_threads}",
        "--worker-class=gthread",
        "--graceful-timeout=10",
        "--timeout=60",
        "--log-level=warning",
        "--no-control-socket",
    ]


def site_command(name: str) -> list[str]:
    """Return the command line of one of our own commands."""
    return [sys.executable, "-m", "web", name]


@dataclass
class Child:
    """One process, started again when it ends by itself."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = field(default=0.0)

    def start(self) -> None:
        """Start the process; it ends with us, whatever ends us."""
        self.started_at = time.monotonic()
        # A session of its own: Ctrl-C reaches only us, and we end our children in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own words
            self.command,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - this process has one thread
        )

    @property
    def has_ended(self) -> bool:
        """True when the process is not there any more."""
        return self.process is not None and self.process.poll() is not None

    @property
    def was_short(self) -> bool:
        """True when the process was started just now."""
        return time.monotonic() - self.started_at < SHORT_LIFE_SECONDS

    def stop(self) -> None:
        """End the process: politely, then not."""
        if self.process is None or self.has_ended:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
