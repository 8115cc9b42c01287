"""No secret is in the tree, in a message or in a log; a fresh site makes its own."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.settings import SettingsInvalid
from web.environment import read_settings

ROOT = Path(__file__).parents[3]
MARK = "s3cr3t-word"
SECRETS = {
    "AGON_SECRET_KEY": f"{MARK}-key-that-is-long-enough-to-sign-sessions-with-0123456789",
    "AGON_EMAIL_URL": f"smtps://agon:{MARK}@mail.example.org:465",
    "AGON_BROKER": f"redis://:{MARK}@127.0.0.1:1/0",
    "AGON_GITHUB_CLIENT_ID": "agon",
    "AGON_GITHUB_CLIENT_SECRET": MARK,
    "AGON_OIDC_SERVER_URL": "https://id.example.org",
    "AGON_OIDC_CLIENT_ID": "agon",
    "AGON_OIDC_CLIENT_SECRET": MARK,
}
# A key that is written out, not read from somewhere: `secret_key = "…"`, a token, a private key.
WRITTEN_OUT = re.compile(
    r"""(?ix)
    (?:secret_key|client_secret|api_key|password)\s*=\s*["'][^"'{}\s$]{12,}["']
    | gh[pousr]_[a-z0-9]{36} | AKIA[0-9A-Z]{16} | -----BEGIN\ (?:RSA\ |EC\ )?PRIVATE
    """
)


WRITTEN_BY_HAND = {"", ".py", ".md", ".html", ".js", ".yaml", ".yml", ".json", ".sh", ".toml"}


def said_by(home: Path, *words: str, **settings: str) -> str:
    """Run `agon-site` with settings and return everything that it prints, to both its streams."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AGON_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "web", *words],
        cwd=ROOT,
        env={**kept, "AGON_HOME": str(home), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_no_secret_is_written_in_the_code() -> None:
    folders = ("web", "challenges", "evaluator", "deploy", "docs", ".ci")
    files = [file for name in folders for file in (ROOT / name).rglob("*") if file.is_file()]

    texts = {
        file: file.read_text(encoding="utf-8")
        for file in files
        if file.suffix in WRITTEN_BY_HAND and "vendor" not in file.parts
    }

    found = [
        (file.name, match[0])
        for file, text in texts.items()
        for match in WRITTEN_OUT.finditer(text)
    ]
    assert len(texts) > 200
    assert found == []


def test_a_fresh_site_makes_a_key_that_only_it_can_read(tmp_path: Path) -> None:
    homes = [tmp_path / "one", tmp_path / "two"]

    keys = [read_settings({"AGON_HOME": str(home)}).effective_secret_key() for home in homes]

    again = read_settings({"AGON_HOME": str(homes[0])}).effective_secret_key()
    assert (len(set(keys)), again) == (2, keys[0])
    assert min(len(key) for key in keys) >= 50
    assert stat.S_IMODE((homes[0] / "secret_key").stat().st_mode) == 0o600


def test_tracebacks_are_shown_to_nobody_unless_asked_for() -> None:
    settings = read_settings({})

    assert settings.debug is False


@pytest.mark.parametrize("words", [("migrate",), ("no-such-word",)])
def test_a_command_prints_no_secret(tmp_path: Path, words: tuple[str, ...]) -> None:
    text = said_by(tmp_path, *words, **SECRETS)

    assert text
    assert MARK not in text


def test_a_secret_that_is_refused_is_not_repeated(tmp_path: Path) -> None:
    wrong = {**SECRETS, "AGON_BROKER": f"carrier-pigeon://{MARK}"}

    text = said_by(tmp_path, "check", **wrong)

    assert "AGON_BROKER is refused" in text
    assert MARK not in text


def test_a_secret_that_is_half_there_is_not_repeated() -> None:
    with pytest.raises(SettingsInvalid) as refused:
        read_settings({"AGON_GITHUB_CLIENT_SECRET": MARK})

    assert MARK not in str(refused.value)


def test_settings_show_no_secret_when_they_are_printed() -> None:
    settings = read_settings({k: v for k, v in SECRETS.items() if k != "AGON_BROKER"})

    assert MARK not in f"{settings} {settings!r}"
