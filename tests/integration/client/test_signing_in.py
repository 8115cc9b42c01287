"""`agon login` at a terminal, with a person who confirms the code in the browser."""

import json
import os
import pty
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from agon.exits import Exit
from tests.integration.client.conftest import Computer
from tests.integration.system.site import ROOT, Site

PASSWORD = "correct horse battery staple"
SET_PASSWORD = (
    "from challenges.models import User;"
    "user = User.objects.get(email='grace@example.org');"
    f"user.set_password({PASSWORD!r}); user.save()"
)


@pytest.fixture
def browser(receiving: Site) -> Iterator[requests.Session]:
    """Grace's browser, signed in."""
    receiving.command("shell", "--verbosity=0", "-c", SET_PASSWORD)
    with requests.Session() as session:
        send(
            session,
            f"{receiving.url}/accounts/login/",
            login="grace@example.org",
            password=PASSWORD,
        )
        yield session


@pytest.fixture
def computer(receiving: Site, tmp_path: Path) -> Computer:
    """A computer that nobody has signed in."""
    return Computer(tmp_path, receiving.url, "")


def send(session: requests.Session, address: str, **fields: str) -> requests.Response:
    """Send a form as a browser does: with the token of the page that shows it."""
    session.get(address, timeout=30)
    fields["csrfmiddlewaretoken"] = session.cookies["csrftoken"]
    return session.post(address, data=fields, headers={"Referer": address}, timeout=30)


def log_in(computer: Computer, browser: requests.Session, action: str) -> tuple[int, str, str]:
    """Run `agon login` at a terminal while somebody answers in the browser."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "agon", "login", "--no-browser"],
        cwd=computer.folder,
        env={**computer.environ(), "PYTHONPATH": str(ROOT / "client")},
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told = process.stderr.readline()
    address, code = re.fullmatch(r"Open (\S+) and confirm the code (\S+)\.\n", told).groups()  # type: ignore[union-attr]  # else it fails here
    send(browser, address, code=code, action=action)
    out, err = process.communicate(timeout=60)
    os.close(controller)
    os.close(terminal)
    return process.returncode, out, err


def test_a_confirmed_code_signs_the_command_in(
    computer: Computer, browser: requests.Session, receiving: Site
) -> None:
    code, out, err = log_in(computer, browser, "confirm")

    assert (code, out) == (0, f"Signed in to {receiving.url} as Grace.\n"), err
    assert computer.document("whoami")["email"] == "grace@example.org"
    file = computer.folder / "config" / "agon" / "credentials.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_signing_out_makes_the_token_void(
    computer: Computer, browser: requests.Session, receiving: Site
) -> None:
    log_in(computer, browser, "confirm")
    stored = json.loads((computer.folder / "config/agon/credentials.json").read_text())
    token = stored["sites"][receiving.url]["token"]

    computer.agon("logout")

    computer.agon("whoami", code=Exit.NOT_SIGNED_IN)
    computer.token = token
    computer.agon("whoami", code=Exit.NOT_SIGNED_IN)


def test_a_no_in_the_browser_is_told(computer: Computer, browser: requests.Session) -> None:
    code, out, err = log_in(computer, browser, "deny")

    assert (code, out) == (Exit.NOT_SIGNED_IN, "")
    assert "said no" in err
    assert not (computer.folder / "config").exists()
