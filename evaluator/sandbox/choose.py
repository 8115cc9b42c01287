"""Which sandbox this host has: Docker where an engine and the scorer image are, else bubblewrap."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from docker import DockerClient

from evaluator.errors import ImageUnavailable, SandboxUnavailable
from evaluator.sandbox.base import Sandbox
from evaluator.sandbox.bubblewrap import Bubblewrap, BubblewrapHost
from evaluator.sandbox.cgroups.detect import usable_cgroups
from evaluator.sandbox.docker import Docker, DockerHost
from evaluator.sandbox.docker_engine import check_engine, connect, local_image
from evaluator.sandbox.probe import prove
from evaluator.sandbox.scorer_tree import find_scorer_tree
from evaluator.settings import HostSettings

_SLOTS = Path("/run/agon/slots")  # one place for all workers of a host: user ids are the host's
_OLDEST_BUBBLEWRAP = (0, 8, 0)  # --disable-userns


def open_sandbox(settings: HostSettings) -> Sandbox:
    """Return a sandbox that has shown that it holds.

    Raises: SandboxUnavailable saying what to install or mend; nothing ever runs without one.
    """
    match settings.sandbox:
        case "docker":
            return open_docker(settings)
        case "bubblewrap":
            return open_bubblewrap(settings)
        case "auto":
            return _open_first(settings)
        case _ as never:
            assert_never(never)


def _open_first(settings: HostSettings) -> Sandbox:
    try:
        return open_docker(settings)
    except SandboxUnavailable as docker:
        try:
            return open_bubblewrap(settings)
        except SandboxUnavailable as bubblewrap:
            raise SandboxUnavailable(
                f"This host has no sandbox, so nothing is evaluated. Docker: {docker} "
                f"bubblewrap: {bubblewrap}"
            ) from bubblewrap


def open_docker(settings: HostSettings) -> Docker:
    """Return the Docker runtime, with as much of the host around it as it can use.

    Raises: SandboxUnavailable without an engine that holds, or without the scorer image.
    """
    client = connect()
    try:
        engine = check_engine(client, oci_runtime=settings.docker_runtime)
        _require_scorer(client, settings.scorer_image)
        host = DockerHost(
            client=client,
            engine=engine,
            scorer_image=settings.scorer_image,
            instance=instance_name(settings),
            state=_state(settings),
            slots=_SLOTS,
            cgroups=None,
            can_mount=False,
            is_root=os.geteuid() == 0,
        )
        return _first_that_holds(host)
    except SandboxUnavailable:
        client.close()
        raise


def _require_scorer(client: DockerClient, reference: str) -> None:
    try:
        local_image(client, reference)
    except ImageUnavailable as error:
        raise SandboxUnavailable(f"{error} `make image` builds the scorer's.") from error


def _first_that_holds(host: DockerHost) -> Docker:
    """Try the fullest set-up first: an engine in another mount or group tree sees less of ours."""
    trouble = SandboxUnavailable("The Docker engine was not tried.")
    for candidate in _candidates(host):
        sandbox = Docker(candidate)
        try:
            run = prove(sandbox, host.state, filters=host.engine.oci_runtime != "runsc")
        except SandboxUnavailable as error:
            trouble = error
            continue
        if candidate.cgroups is None or run.usage.cpu_seconds > 0:
            return sandbox
    raise trouble


def _candidates(host: DockerHost) -> Iterator[DockerHost]:
    if host.is_root and host.engine.cgroup_driver == "cgroupfs":
        cgroups = usable_cgroups(host.instance)
        if cgroups is not None:
            yield replace(host, cgroups=cgroups, can_mount=True)
    if host.is_root:
        yield replace(host, can_mount=True)
    yield host


def open_bubblewrap(settings: HostSettings) -> Bubblewrap:
    """Return the bubblewrap runtime.

    Raises: SandboxUnavailable when it is missing, too old, or does not hold here.
    """
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxUnavailable(
            "bubblewrap is not installed. Install it (`apt install bubblewrap`)."
        )
    host = BubblewrapHost(
        program=Path(program),
        version=_version(program),
        state=_state(settings),
        slots=_SLOTS,
        tree=find_scorer_tree(),
        cgroups=usable_cgroups(instance_name(settings)),
        is_root=os.geteuid() == 0,
    )
    sandbox = Bubblewrap(host)
    try:
        prove(sandbox, host.state)
    except SandboxUnavailable as error:
        raise SandboxUnavailable(f"{error} {_advice()}".rstrip()) from error
    return sandbox


def _version(program: str) -> str:
    said = subprocess.run(  # noqa: S603  # found on our own PATH
        [program, "--version"], capture_output=True, text=True, check=False, timeout=10
    ).stdout
    version = said.strip().rpartition(" ")[2]
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    if numbers < _OLDEST_BUBBLEWRAP:
        raise SandboxUnavailable(f"bubblewrap is {version or 'unknown'}; 0.8.0 or newer is needed.")
    return version


def _advice() -> str:
    """What most often keeps bubblewrap from working, where it can be seen."""
    switches = {
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
        "/proc/sys/kernel/unprivileged_userns_clone": "0",
        "/proc/sys/user/max_user_namespaces": "0",
    }
    for name, closed in switches.items():
        file = Path(name)
        if file.exists() and file.read_text(encoding="ascii").strip() == closed:
            return f"User namespaces are closed by {name}: allow them for bubblewrap."
    return ""


def _state(settings: HostSettings) -> Path:
    folder = settings.scratch / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def instance_name(settings: HostSettings) -> str:
    """A name for this installation: workers of another one on this host leave its runs alone."""
    return f"agon-{hashlib.sha256(str(settings.scratch.resolve()).encode()).hexdigest()[:10]}"
