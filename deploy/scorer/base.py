"""Finds or makes the image that the scorer image starts from."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy import system_packages
from deploy.commands import attempt, run, say, timed
from deploy.engine import has_image, pull
from deploy.errors import BaseUnfit, EngineMissing
from deploy.interpreters import MINIMUM
from deploy.scorer.inputs import DEFAULT_BASE

REGISTRY_SECONDS = 8.0
KEYRINGS = Path("/usr/share/keyrings")
UNUSED = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*")
PROBE = (
    "import json, os, platform, sys;"
    "print(json.dumps({'python_full_version': platform.python_version(),"
    "'machine': platform.machine(), 'libc': os.confstr('CS_GNU_LIBC_VERSION') or ''}))"
)


@dataclass(frozen=True)
class BaseImage:
    """An image with a Python in it. `glibc_minor` is 36 for glibc 2.36."""

    reference: str
    python_full_version: str
    machine: str
    glibc_minor: int

    @property
    def python_version(self) -> str:
        """`3.12` for Python 3.12.7."""
        return ".".join(self.python_full_version.split(".")[:2])


def find_base() -> str | None:
    """An image to build on: one that is here, else one that a registry gives within seconds."""
    for reference in (DEFAULT_BASE, debian_tag()):
        if reference and has_image(reference):
            return reference
    say(f"Asking the registry for {DEFAULT_BASE} ...")
    pulled = pull(DEFAULT_BASE, first_answer_seconds=REGISTRY_SECONDS)
    return DEFAULT_BASE if pulled else None


def find_or_make_base() -> str:
    """As `find_base`; where no registry answers, an image made of this system's own packages.

    Raises: EngineMissing when that cannot be done here either.
    """
    found = find_base()
    if found:
        return found
    if not (debian_tag() and system_packages.can_install()):
        raise EngineMissing(
            f"{DEFAULT_BASE} is not on this machine and no registry gives it. Load it by hand "
            "(docker load), or name another image with Python: make image BASE=IMAGE"
        )
    return _make_debian_base()


def describe(reference: str) -> BaseImage:
    """Ask the Python inside an image what it is.

    Raises: BaseUnfit when there is none, it is too old, or its libc is not glibc.
    """
    command = ["docker", "run", "--rm", "--network", "none", reference, "python3", "-c", PROBE]
    done = attempt(command)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise BaseUnfit(f"Python does not start in the image {reference}: {reason}")
    return base_image(reference, json.loads(done.stdout))


def base_image(reference: str, facts: dict[str, str]) -> BaseImage:
    """What the probe printed, checked.

    Raises: BaseUnfit when the packages could not run there.
    """
    version, libc = facts["python_full_version"], facts["libc"]
    if tuple(map(int, version.split(".")[:2])) < MINIMUM:
        raise BaseUnfit(f"{reference} holds Python {version}; take an image with 3.11 or newer.")
    if not libc.startswith("glibc 2."):
        raise BaseUnfit(f"{reference} has no glibc, which the packages are built for.")
    return BaseImage(reference, version, facts["machine"], int(libc.split(".")[1]))


def debian_tag() -> str | None:
    """Name of the base that this Debian or Ubuntu would give; None elsewhere."""
    release = _os_release()
    if release.get("ID") not in {"debian", "ubuntu"}:
        return None
    recipe = hashlib.sha256("\n".join(_options()).encode()).hexdigest()
    return f"agon-base:{release['VERSION_CODENAME']}-{recipe[:8]}"


def _make_debian_base() -> str:
    release, tag = _os_release(), debian_tag() or ""
    if not shutil.which("mmdebstrap"):
        system_packages.install(["mmdebstrap"], reason="No registry answers.")
    say(f"No registry answers; making {tag} from this system's packages (half a minute) ...")
    with tempfile.TemporaryDirectory(prefix="agon-base-") as folder, timed(f"{tag} is made."):
        archive = str(Path(folder) / "base.tar")
        suite = release["VERSION_CODENAME"]
        command = ["mmdebstrap", *_options(), suite, archive, *_sources(release)]
        run(command, what="Making a base image with mmdebstrap")
        run(["docker", "import", archive, tag], what="Loading the base image")
    return tag


def _options() -> list[str]:
    left_out = [f"--dpkgopt=path-exclude={pattern}" for pattern in UNUSED]
    return ["--quiet", "--variant=minbase", "--include=python3", *left_out]


def _sources(release: dict[str, str]) -> list[str]:
    # The mirrors that apt uses here are the ones known to be reachable.
    fields = "$(ORIGIN)\t$(COMPONENT)\tdeb $(REPO_URI) $(RELEASE) $(COMPONENT)"
    command = ["apt-get", "indextargets", "--format", fields, "Created-By: Packages"]
    lines = sorted(set(run(command, what="Reading apt's sources").splitlines()))
    wanted = f"{release['ID'].capitalize()}\tmain\t"
    keyring = KEYRINGS / f"{release['ID']}-archive-keyring.gpg"
    signed = f"deb [signed-by={keyring}] " if keyring.is_file() else "deb "
    return [signed + line.split("\tdeb ")[1] for line in lines if line.startswith(wanted)]


def _os_release() -> dict[str, str]:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {key: value.strip('"') for key, value in pairs}
