"""Real sandboxes for tests: every runtime of this host behind one fixture."""

from collections.abc import Iterator

import pytest

from evaluator.sandbox.base import Sandbox
from tests.integration.evaluator.sandboxes import SandboxHost, open_host


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("bubblewrap", marks=pytest.mark.bubblewrap),
        pytest.param("docker", marks=pytest.mark.docker),
    ],
)
def _opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxHost]:
    image = request.getfixturevalue("scorer_image") if request.param == "docker" else ""
    folder = tmp_path_factory.mktemp(request.param)
    with open_host(request.param, folder, scorer_image=image) as host:
        yield host


@pytest.fixture
def host(_opened: SandboxHost) -> Iterator[SandboxHost]:
    """One runtime after the other; whatever a test does in it, nothing may be left behind."""
    yield _opened
    assert _opened.leftovers() == []


@pytest.fixture
def sandbox(host: SandboxHost) -> Sandbox:
    """The sandbox itself, for those who only run tasks in it."""
    return host.sandbox
