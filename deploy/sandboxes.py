"""Sees to it that `make run` has a sandbox: nothing is ever scored without one."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping

from deploy import system_packages
from deploy.commands import attempt, run, say
from deploy.engine import engine_version, has_image
from deploy.environment import Environment
from deploy.errors import PackagesMissing
from deploy.scorer.inputs import image_tag

ASK_AGAIN_SECONDS = 24 * 3600.0


def ensure_sandbox(
    environment: Environment, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return the settings of the sandbox to use: Docker's image, or nothing for bubblewrap.

    AGON_SANDBOX asks for one of the two; AGON_SCORER_IMAGE for an image of one's own.
    Raises: PackagesMissing when neither runtime is here; the text says what to install.
    """
    wanted = environ.get("AGON_SANDBOX", "auto")
    if wanted != "bubblewrap" and engine_version() is not None:
        image = environ.get("AGON_SCORER_IMAGE") or scorer_image(environment)
        if image:
            return {"AGON_SCORER_IMAGE": image}
    if wanted != "docker":
        ensure_bubblewrap()
    return {}


def scorer_image(environment: Environment) -> str | None:
    """The scorer image, built when it is not there; None when no base for it can be had."""
    tag = image_tag(environment.root)
    if has_image(tag):
        return tag
    if _was_refused_lately(environment):
        say("Docker has no image for scoring here (`make image` tries again); using bubblewrap.")
        return None
    return tag if _build(environment) else None


def _build(environment: Environment) -> bool:
    say("Building the image that scores inside Docker (first start only) ...")
    script = environment.root / "deploy" / "scorer" / "build.py"
    done = attempt([str(environment.python), str(script), "--quick"])
    if done.returncode:
        say("It cannot be built here, so bubblewrap is used instead of Docker:")
        say("    " + (done.stderr.strip().splitlines() or ["no reason given"])[-1])
        environment.image_refused.touch()
    return done.returncode == 0


def _was_refused_lately(environment: Environment) -> bool:
    # Where a firewall swallows the question, asking the registry takes seconds at each start.
    try:
        asked_at = environment.image_refused.stat().st_mtime
    except FileNotFoundError:
        return False
    return time.time() - asked_at < ASK_AGAIN_SECONDS


def ensure_bubblewrap() -> str:
    """Path of bubblewrap, installed first where we may.

    Raises: PackagesMissing, CommandFailed.
    """
    if not shutil.which("bwrap"):
        system_packages.install(
            ["bubblewrap"],
            reason=(
                "Submissions are scored inside a sandbox, and there is none here: neither a "
                "Docker engine with the scorer image nor bubblewrap."
            ),
        )
    path = shutil.which("bwrap")
    if path is None:
        raise PackagesMissing("bubblewrap was installed, but `bwrap` is not on PATH.")
    run([path, "--version"], what="Starting bubblewrap")
    return path
