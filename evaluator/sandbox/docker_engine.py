"""The Docker engine: reaching it, and refusing one whose walls have holes."""

import os
import socket
from dataclasses import dataclass
from typing import Any

import docker
from docker import DockerClient
from docker.errors import DockerException, ImageNotFound
from docker.utils import parse_host
from requests.exceptions import RequestException

from evaluator.errors import ImageUnavailable, SandboxUnavailable
from evaluator.sandbox.seccomp.tables import AUDIT_ARCH

ENGINE_ERRORS = (DockerException, RequestException)
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Engine:
    """What matters of an engine that passed the checks."""

    version: str
    cgroup_driver: str  # cgroupfs or systemd
    oci_runtime: str
    machine: str


def connect() -> DockerClient:
    """Return a client of the engine that DOCKER_HOST or the default socket leads to.

    Raises: SandboxUnavailable when none answers.
    """
    try:
        _require_answer()
        return docker.from_env(timeout=_TIMEOUT_SECONDS)
    except (OSError, *ENGINE_ERRORS) as error:
        raise SandboxUnavailable(
            "No Docker engine answers. Start it (`systemctl start docker`), or install docker.io."
        ) from error


def _require_answer() -> None:
    """Knock at the engine's socket first: the SDK leaves its own open where nobody answers."""
    kind, _, path = str(parse_host(os.environ.get("DOCKER_HOST"))).partition("://")
    if kind == "http+unix":
        with socket.socket(socket.AF_UNIX) as knock:
            knock.connect(path)


def check_engine(client: DockerClient, *, oci_runtime: str) -> Engine:
    """Return what matters of the engine.

    Raises: SandboxUnavailable when limits or filters would be ignored without a word.
    """
    try:
        info: dict[str, Any] = client.info()  # the engine's own JSON
    except ENGINE_ERRORS as error:
        raise SandboxUnavailable(f"The Docker engine does not describe itself: {error}.") from error
    complaint = _complaint(info, oci_runtime)
    if complaint:
        raise SandboxUnavailable(f"This Docker engine cannot be used: {complaint}")
    return Engine(
        version=info["ServerVersion"],
        cgroup_driver=info["CgroupDriver"],
        oci_runtime=oci_runtime,
        machine=info["Architecture"],
    )


def _complaint(info: dict[str, Any], oci_runtime: str) -> str | None:
    """Source: Docker engine API 1.41, GET /info."""
    options = info.get("SecurityOptions") or []
    rootless = any("name=rootless" in option for option in options)
    if info.get("OSType") != "linux" or info.get("Architecture") not in AUDIT_ARCH:
        return f"it runs {info.get('OSType')} on {info.get('Architecture')}, not Linux on 64 bits."
    if not any("name=seccomp" in option for option in options):
        return "it has no seccomp. Use a kernel and a Docker that have it."
    if rootless and str(info.get("CgroupVersion", "1")) == "1":
        return "rootless with cgroup v1, it ignores every limit. Boot with cgroup v2."
    if not (info.get("MemoryLimit") and info.get("PidsLimit") and info.get("CpuCfsQuota")):
        return "it cannot limit memory, processes or CPU. Enable those cgroup controllers."
    if oci_runtime not in (info.get("Runtimes") or {}):
        return f"it has no runtime '{oci_runtime}'. Install it, or set AGON_DOCKER_RUNTIME=runc."
    return None


def local_image(client: DockerClient, reference: str) -> str:
    """Return the id of an image on this host; nothing is ever pulled.

    Raises: ImageUnavailable when it is not here, or would bring writable volumes with it.
    """
    try:
        image = client.images.get(reference)
    except ImageNotFound as error:
        raise ImageUnavailable(
            f"The image '{reference}' is not on this host. Build or pull it here beforehand."
        ) from error
    except ENGINE_ERRORS as error:
        raise SandboxUnavailable(f"The Docker engine does not answer: {error}.") from error
    if (image.attrs.get("Config") or {}).get("Volumes"):
        # A declared volume is writable without a limit although the rest is read-only.
        raise ImageUnavailable(
            f"The image '{reference}' declares volumes, which no limit holds. Build it without."
        )
    return str(image.id)
