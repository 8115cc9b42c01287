"""Builds the scorer image; run by `make image`. Unchanged inputs build nothing.

Prints the image's name on stdout, progress on stderr.
"""

from __future__ import annotations

import argparse
import fcntl
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from deploy import locks  # noqa: E402
from deploy.commands import exit_code_of, run, timed  # noqa: E402
from deploy.engine import engine_version, has_image  # noqa: E402
from deploy.errors import EngineMissing  # noqa: E402
from deploy.scorer.base import describe, find_base, find_or_make_base  # noqa: E402
from deploy.scorer.inputs import ALIAS, evaluator_files, image_tag  # noqa: E402
from deploy.scorer.wheels import unpack_packages  # noqa: E402

CACHE = Path("var") / "cache" / "scorer"


def build(root: Path, *, base: str = "", quick: bool = False) -> str:
    """Build the image unless one of these inputs is here, and return its name.

    `base` names the image to start from. With `quick`, no base is made from system packages.
    Raises: EngineMissing when no engine answers or no base can be had; CommandFailed.
    """
    if engine_version() is None:
        raise EngineMissing("No Docker engine answers. Start it, or install docker.io.")
    tag = image_tag(root, base)
    if not has_image(tag):
        with _one_at_a_time(root):
            chosen = base or (find_base() if quick else find_or_make_base())
            if chosen is None:
                raise EngineMissing(
                    "No base image for the scorer is here, nor does a registry answer."
                )
            _build(root, tag=tag, base=chosen)
    run(["docker", "tag", tag, ALIAS], what="Naming the scorer image")
    return tag


def _build(root: Path, *, tag: str, base: str) -> None:
    facts = describe(base)
    lock = root / "requirements" / "score.txt"
    key = f"{locks.digest(lock)[:12]}-{facts.python_full_version}-{facts.machine}"
    context = root / CACHE / key
    packages = context / "packages"
    if not packages.is_dir():
        shutil.rmtree(context, ignore_errors=True)
        context.mkdir(parents=True)
        unpack_packages(lock, base=facts, folder=context / "unpacking")
        (context / "unpacking").rename(packages)
    _refresh(root, context)
    with timed(f"The scorer image {tag} is built on {base}."):
        command = ["docker", "build", "--network", "none", "--build-arg", f"BASE={base}"]
        command += ["--tag", tag, str(context)]
        run(command, what="Building the scorer image")


def _refresh(root: Path, context: Path) -> None:
    shutil.rmtree(context / "evaluator", ignore_errors=True)
    for source in evaluator_files(root):
        target = context / source.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    shutil.copyfile(root / "deploy" / "scorer" / "Dockerfile", context / "Dockerfile")


@contextmanager
def _one_at_a_time(root: Path) -> Iterator[None]:
    folder = root / CACHE
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main(arguments: Sequence[str]) -> int:
    """Build as the command line says; 0 when the image is there."""
    parser = argparse.ArgumentParser(description="Build the image that scores inside Docker.")
    parser.add_argument("--base", default="", help="image to start from (default: find one)")
    parser.add_argument("--tag", default="", help="a further name for the image")
    parser.add_argument("--quick", action="store_true", help="make no base image ourselves")
    options = parser.parse_args(arguments)
    return exit_code_of(lambda: act(options))


def act(options: argparse.Namespace) -> int:
    """Build and print the image's name.

    Raises: EngineMissing, BaseUnfit, CommandFailed.
    """
    tag = build(ROOT, base=options.base, quick=options.quick)
    if options.tag:
        run(["docker", "tag", tag, options.tag], what="Naming the scorer image")
    sys.stdout.write(tag + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
