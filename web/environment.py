"""What the site is told: environment variables named AGON_…, each checked, unknown ones refused."""

import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from challenges.config.problems import did_you_mean
from evaluator.settings import (
    PREFIX,
    HostSettings,
    SettingsInvalid,
    environment_values,
    validated,
)
from web.limits import parse_limits


class SiteSettings(BaseSettings):
    """Settings of the site; each is documented in docs/reference/settings.md."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(default=Path("var"), description="Folder for everything that is kept.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port of the embedded site.")
    address: str = Field(default="127.0.0.1", description="Address that the embedded site binds.")
    debug: bool = Field(default=False, description="Show tracebacks in the browser; never in use.")
    site_url: str = Field(
        default="", description="Public address, as https://agon.example.org; empty: embedded."
    )
    site_name: str = Field(default="Agon", max_length=60, description="Name shown on every page.")
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="Signs sessions; empty: made and kept in the home."
    )
    database_url: str = Field(
        default="", description="postgresql://… or sqlite:///…; empty: SQLite in the home."
    )
    blobs: str = Field(default="", description="file: address of the blob store; empty: home.")
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="Reverse proxies in front that set X-Forwarded-For."
    )
    email_url: SecretStr = Field(
        default=SecretStr(""),
        description="smtp://user:password@host:port, smtps://… or empty: files in the home.",
    )
    email_from: str = Field(default="Agon <agon@localhost>", description="Sender of e-mail.")
    signup_open: bool = Field(default=True, description="Whether people can make accounts.")
    email_confirmation: bool | None = Field(
        default=None,
        description="Whether a new address must be confirmed before signing in; "
        "empty: where AGON_EMAIL_URL is set.",
    )
    upload_days: int = Field(
        default=7, ge=1, le=365, description="Days that an unfinished upload waits for more."
    )
    web_workers: int = Field(default=2, ge=1, le=64, description="Processes of the web server.")
    web_threads: int = Field(default=8, ge=1, le=128, description="Threads of each of them.")
    challenge_bytes: int = Field(
        default=20 * 1024**3,
        ge=1024**2,
        description="Size of a challenge that organisers may push over the API, unpacked.",
    )
    api_limits: str = Field(
        default="",
        description="Requests a minute that the API takes, as read=3000,write=300; "
        "empty: the defaults.",
    )
    github_client_id: str = Field(default="", description="Sign-in with GitHub.")
    github_client_secret: SecretStr = Field(default=SecretStr(""), description="Its secret.")
    google_client_id: str = Field(default="", description="Sign-in with Google.")
    google_client_secret: SecretStr = Field(default=SecretStr(""), description="Its secret.")
    orcid_client_id: str = Field(default="", description="Sign-in with ORCID.")
    orcid_client_secret: SecretStr = Field(default=SecretStr(""), description="Its secret.")
    oidc_name: str = Field(default="", description="Name of an OpenID Connect provider.")
    oidc_server_url: str = Field(default="", description="Its address.")
    oidc_client_id: str = Field(default="", description="Our identifier there.")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="Its secret.")

    @field_validator("site_url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path):
            raise ValueError(
                "write an address without a path, for example https://agon.example.org"
            )
        return url

    @field_validator("api_limits")
    @classmethod
    def _are_limits(cls, text: str) -> str:
        parse_limits(text)
        return text

    @model_validator(mode="after")
    def _logins_are_whole(self) -> Self:
        for provider in ("github", "google", "orcid", "oidc"):
            name = getattr(self, f"{provider}_client_id")
            secret = getattr(self, f"{provider}_client_secret").get_secret_value()
            if bool(name) != bool(secret):
                raise ValueError(
                    f"give both AGON_{provider.upper()}_CLIENT_ID and "
                    f"AGON_{provider.upper()}_CLIENT_SECRET, or neither"
                )
        if bool(self.oidc_client_id) != bool(self.oidc_server_url):
            raise ValueError("AGON_OIDC_CLIENT_ID goes with AGON_OIDC_SERVER_URL")
        return self

    @property
    def is_embedded(self) -> bool:
        """True for a site on one machine without a public address."""
        return not self.site_url

    @property
    def confirms_email(self) -> bool:
        """True when people sign in only after their address is confirmed."""
        if self.email_confirmation is None:
            return bool(self.email_url.get_secret_value())
        return self.email_confirmation

    @property
    def base_url(self) -> str:
        """Address under which people reach the site."""
        return self.site_url or f"http://localhost:{self.port}"

    @property
    def effective_database_url(self) -> str:
        """Address of the database."""
        return self.database_url or f"sqlite:///{self.home.absolute() / 'agon.sqlite3'}"

    @property
    def effective_blobs(self) -> str:
        """Address of the blob store."""
        return self.blobs or (self.home.absolute() / "blobs").as_uri()

    def effective_secret_key(self) -> str:
        """Return the signing key; the embedded one is made once and kept, readable by us only."""
        given = self.secret_key.get_secret_value()
        if given:
            return given
        file = self.home / "secret_key"
        if not file.is_file():
            self.home.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(secrets.token_urlsafe(50))
        return file.read_text()


def read_settings(environ: Mapping[str, str] = os.environ) -> SiteSettings:
    """Return the site's settings.

    A secret may come from the file that `AGON_…_FILE` names. Raises: SettingsInvalid.
    """
    values = environment_values(environ)
    check_names(values)
    return validated(SiteSettings, {k: v for k, v in values.items() if k in SITE})


def check_names(values: Iterable[str]) -> None:
    """Let settings pass that site or host have. Raises: SettingsInvalid, naming the first other."""
    known = {*SITE, *HostSettings.model_fields}
    for name in sorted(set(values) - known):
        word = f"{PREFIX}{name.upper()}"
        names = {f"{PREFIX}{key.upper()}" for key in known}
        raise SettingsInvalid(f"{word} is no setting of Agon{did_you_mean(word, names)}")


SITE = frozenset(SiteSettings.model_fields)
