"""What an evaluation host is told: environment variables named AGON_…"""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    docker_runtime: Literal["runc", "runsc"] = Field(
        default="runc", description="OCI runtime of the Docker engine; runsc is gVisor."
    )

    @property
    def scratch(self) -> Path:
        """Folder for runs; emptied at start."""
        return self.home.absolute() / "scratch"
