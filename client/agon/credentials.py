"""Tokens by site, in a file that only its owner can read."""

import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from agon.config import SITE_VARIABLE, TOKEN_VARIABLE, config_folder, site_address
from agon.errors import UsageWrong

FILE = "credentials.json"
BROWSER = "device"  # how we came by a token
TYPED = "token"
_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700


@dataclass(frozen=True)
class Credential:
    """What one site knows us by; `source` says how we came by it."""

    token: str
    name: str = ""
    source: str = TYPED


@dataclass
class Credentials:
    """All that we know; `current` is the site that is meant when none is named."""

    path: Path
    current: str = ""
    sites: dict[str, Credential] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path | None = None) -> "Credentials":
        """Return what is stored. Raises: UsageWrong when the file is damaged."""
        path = (folder or config_folder()) / FILE
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls(path)
        _make_private(path)
        try:
            data = json.loads(text)
            sites = {site: Credential(**entry) for site, entry in data["sites"].items()}
            return cls(path, str(data["current"]), sites)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UsageWrong(
                f"The file {path} is damaged.", hint="Delete it and sign in again."
            ) from error

    def remember(self, site: str, credential: Credential) -> None:
        """Store a credential; its site is the one that is meant from now on."""
        self.sites[site] = credential
        self.current = site
        self._store()

    def forget(self, site: str) -> None:
        """Delete a site's credential, if there is one."""
        self.sites.pop(site, None)
        if self.current == site:
            self.current = next(iter(self.sites), "")
        self._store()

    def _store(self) -> None:
        """Write all of it in one step: whoever reads meanwhile sees the old file or the new."""
        import tempfile  # noqa: PLC0415 - most commands only read

        self.path.parent.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_FOLDER)
        data = {"current": self.current, "sites": {s: asdict(c) for s, c in self.sites.items()}}
        handle, name = tempfile.mkstemp(dir=self.path.parent)  # readable by the owner alone
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(data, file, indent=2)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


@dataclass(frozen=True)
class Door:
    """Which site, and with which token; empty: nobody is signed in."""

    site: str
    token: str


def chosen_door(
    site: str | None,
    token: str | None,
    credentials: Credentials,
    environ: Mapping[str, str] = os.environ,
) -> Door:
    """Return the site that is meant and the token for it.

    The site: the argument, else AGON_SITE, else where one signed in last. Raises: UsageWrong.
    """
    told = environ.get(SITE_VARIABLE, "").strip()
    named = site or told or credentials.current
    if not named:
        raise UsageWrong(
            "It is not clear which site you mean.",
            hint="Sign in with: agon login --site https://…, or set AGON_SITE.",
        )
    address = site_address(named)
    if token:
        return Door(address, token)
    # A token of the environment belongs to the site of the environment, and is sent to no other.
    if not told or site_address(told) == address:
        token = environ.get(TOKEN_VARIABLE, "").strip()
    stored = credentials.sites.get(address)
    return Door(address, token or (stored.token if stored else ""))


def _make_private(path: Path) -> None:
    """Take away what others may do with the file, as after a careless copy."""
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        with suppress(PermissionError):  # another user's file, mounted for us to read
            path.chmod(_PRIVATE)
