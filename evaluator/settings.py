"""What an evaluation host is told: environment variables named AGON_…"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from evaluator.errors import EvaluatorError

PREFIX = "AGON_"
# Read by the test suite and by the start-up script, before there is a site.
FOREIGN = ("AGON_TEST_", "AGON_BOOTSTRAP_")
Settings = TypeVar("Settings", bound=BaseSettings)


class SettingsInvalid(EvaluatorError):
    """An environment variable has a value that means nothing; the text names it."""

    code = "settings-invalid"


def environment_values(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the AGON_… variables by setting; secrets may come from files.

    Raises: SettingsInvalid when a file cannot be read.
    """
    values = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name.startswith(FOREIGN):
            continue
        key = name.removeprefix(PREFIX).lower()
        if key.endswith("_file"):
            try:
                values[key.removesuffix("_file")] = Path(value).read_text().strip()
            except OSError as error:
                raise SettingsInvalid(
                    f"{name} names a file that cannot be read: {error}"
                ) from error
        else:
            values[key] = value
    return values


def validated(model: type[Settings], values: Mapping[str, str]) -> Settings:
    """Return settings made of values. Raises: SettingsInvalid, naming the first wrong variable."""
    try:
        return model(**dict[str, Any](values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "_".join(str(part) for part in first["loc"]).upper()
        text = first["msg"].removeprefix("Value error, ")
        shown = f"{PREFIX}{place} is refused: {text}" if place else text
        raise SettingsInvalid(f"{shown}.") from error


class HostSettings(BaseSettings):
    """Settings of a worker; each is documented in docs/reference/settings.md."""

    model_config = SettingsConfigDict(env_prefix="AGON_", frozen=True, extra="ignore")

    home: Path = Field(default=Path("var"), description="Folder for everything that is kept.")
    broker: str = Field(
        default="memory://",
        pattern=r"^(memory|redis|rediss|amqp|amqps)://",
        description="Celery broker; memory:// is the embedded one.",
    )
    queue: str = Field(default="default", pattern=r"^[a-z0-9-]+$", description="Queue to serve.")
    slots: int = Field(
        default=max(1, (os.cpu_count() or 2)),
        ge=1,
        le=256,
        description="Evaluations that run at once on this host.",
    )
    sandbox: Literal["auto", "docker", "bubblewrap"] = Field(
        default="auto", description="Runtime; auto takes Docker where it answers, else bubblewrap."
    )
    scorer_image: str = Field(
        default="agon-scorer:latest", description="Image of the built-in scorer for Docker."
    )
    compile_ahead: bool = Field(
        default=True,
        description="Compile the loops of metrics when the host starts, once; false leaves it to "
        "the runs that need them.",
    )
    docker_runtime: Literal["runc", "runsc"] = Field(
        default="runc", description="OCI runtime of the Docker engine; runsc is gVisor."
    )

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Return the settings; a value may come from the file that `AGON_…_FILE` names.

        Raises: SettingsInvalid, naming the variable.
        """
        values = environment_values(environ)
        return validated(cls, {k: v for k, v in values.items() if k in cls.model_fields})

    @property
    def scratch(self) -> Path:
        """Folder for runs, which are cleared at start, and for trees that many runs share."""
        return self.home.absolute() / "scratch"
