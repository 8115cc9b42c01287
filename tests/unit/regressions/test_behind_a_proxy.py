"""A site behind a proxy that ends TLS takes forms, knows itself as https, and trusts no more."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
HOST = "agon.example.org"
# Settings are read once a process, so each site is one of its own.
PROGRAM = """
import json, sys
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0)
for headers in json.loads(sys.argv[1]):
    client = Client(enforce_csrf_checks=True)
    page = client.get("/accounts/login/", headers=headers)
    form = {"login": "a@b.example", "password": "x"}
    cookie = client.cookies.get("csrftoken")
    if cookie:
        form["csrfmiddlewaretoken"] = cookie.value
    answer = client.post("/accounts/login/", form, headers=headers)
    print(json.dumps({
        "page": page.status_code, "to": page.headers.get("Location", ""),
        "form": answer.status_code, "secure": bool(cookie and cookie["secure"]),
    }))
"""


def ask(home: Path, browsers: list[dict[str, str]], **settings: str) -> list[dict[str, Any]]:
    """Return how a site with the settings answers browsers behind such headers."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AGON_", "DJANGO_"))}
    own = {"AGON_HOME": str(home), "DJANGO_SETTINGS_MODULE": "web.settings", **settings}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(browsers)],
        cwd=ROOT,
        env={**kept, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()[-len(browsers) :]]


def test_behind_a_proxy_that_ends_tls_own_forms_are_taken_and_no_others(tmp_path: Path) -> None:
    https = {"host": HOST, "x-forwarded-proto": "https"}
    browsers = [
        {**https, "origin": f"https://{HOST}"},
        {**https, "origin": "https://evil.example"},
        {**https, "host": "evil.example"},
    ]

    own, other, misled = ask(
        tmp_path, browsers, AGON_SITE_URL=f"https://{HOST}", AGON_TRUSTED_PROXIES="1"
    )

    assert (own["page"], own["secure"]) == (200, True)
    assert own["form"] == 200  # the form again, with "wrong password": it was read
    assert other["form"] == 403
    assert misled["page"] == 400


def test_without_a_proxy_nobody_is_believed_to_speak_tls(tmp_path: Path) -> None:
    browsers = [{"host": HOST, "x-forwarded-proto": "https"}]

    (said,) = ask(tmp_path, browsers, AGON_SITE_URL=f"https://{HOST}")

    assert (said["page"], said["to"]) == (301, f"https://{HOST}/accounts/login/")
