"""Where the command keeps its files, and which site it talks to."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from agon.errors import UsageWrong

SITE_VARIABLE = "AGON_SITE"
TOKEN_VARIABLE = "AGON_TOKEN"  # noqa: S105 - the name of a variable
_FOLDER = "agon"


def config_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where credentials lie: below XDG_CONFIG_HOME, on Windows below APPDATA."""
    return _below(environ, xdg="XDG_CONFIG_HOME", windows="APPDATA", home=".config")


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where lies what can be made again: below XDG_CACHE_HOME, on Windows LOCALAPPDATA."""
    return _below(environ, xdg="XDG_CACHE_HOME", windows="LOCALAPPDATA", home=".cache")


def site_address(text: str) -> str:
    """Return the address of a site in one form: scheme, host in small letters, port, path.

    Without a scheme it is https, but http for this machine itself. Raises: UsageWrong.
    """
    from urllib.parse import urlsplit  # noqa: PLC0415 - 5 ms that --help saves

    written = text.strip()
    if "://" not in written:
        written = f"{'http' if _is_local(written) else 'https'}://{written}"
    try:
        parts = urlsplit(written)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    is_odd = any(letter in written for letter in "@?# \t\r\n")
    if parts.scheme not in {"http", "https"} or not host or is_odd:
        raise UsageWrong(
            f"'{text}' is not the address of a site.",
            hint="Write it like https://agon.example.org.",
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _is_local(text: str) -> bool:
    host = text.partition("/")[0].rpartition(":")[0] or text.partition("/")[0]
    return host in {"localhost", "127.0.0.1", "[::1]"}


def _below(environ: Mapping[str, str], *, xdg: str, windows: str, home: str) -> Path:
    # XDG: a relative path is to be ignored.
    chosen = environ.get(xdg, "")
    if chosen and Path(chosen).is_absolute():
        return Path(chosen, _FOLDER)
    if sys.platform == "win32" and environ.get(windows):
        return Path(environ[windows], _FOLDER)
    return Path.home() / home / _FOLDER
