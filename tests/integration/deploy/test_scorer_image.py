"""The scorer image as a sandbox meets it."""

import json
import subprocess

import pytest

pytestmark = pytest.mark.docker

REPORT = """
import json, os
import evaluator.plans, numcodecs, numpy, pydantic, tifffile, zarr
compiled = [os.path.exists(module.__cached__) for module in (evaluator.plans, zarr)]
print(json.dumps({"uid": os.getuid(), "compiled": compiled,
    "evaluator": evaluator.plans.__file__}))
"""


def docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_isolated_python_finds_the_evaluator_and_its_packages_compiled(
    scorer_image: str,
) -> None:
    flags = ["--rm", "--network=none", "--read-only"]
    report = json.loads(docker("run", *flags, scorer_image, "python", "-I", "-c", REPORT))

    assert report["evaluator"] == "/agon/lib/evaluator/plans.py"
    assert report["compiled"] == [True, True]
    assert report["uid"] == 65534


def test_the_image_has_no_way_around_a_read_only_container(scorer_image: str) -> None:
    config = json.loads(docker("image", "inspect", "--format", "{{json .Config}}", scorer_image))

    assert not config.get("Volumes")
    assert not config.get("Healthcheck")
    assert not config.get("Entrypoint")
    assert config["User"] == "65534:65534"


def test_the_image_is_named_after_this_tree(scorer_image: str) -> None:
    repository, _, tag = scorer_image.partition(":")

    assert repository == "agon-scorer"
    assert len(tag) == 12
