"""Which sandbox a host takes, and what it says when there is none."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.base import Run, Sandbox, SandboxTask
from evaluator.sandbox.bubblewrap import Bubblewrap
from evaluator.sandbox.choose import open_sandbox
from evaluator.sandbox.docker import Docker
from evaluator.sandbox.probe import prove
from evaluator.settings import HostSettings
from tests.integration.evaluator.sandboxes import SandboxHost


@pytest.mark.docker
def test_auto_takes_docker_where_an_engine_and_the_scorer_are(
    tmp_path: Path, scorer_image: str
) -> None:
    sandbox = open_sandbox(HostSettings(home=tmp_path, sandbox="auto", scorer_image=scorer_image))

    assert isinstance(sandbox, Docker)
    assert sandbox.description.startswith("Docker ")
    sandbox.close()


@pytest.mark.bubblewrap
def test_auto_takes_bubblewrap_where_the_scorer_image_is_missing(tmp_path: Path) -> None:
    sandbox = open_sandbox(HostSettings(home=tmp_path, sandbox="auto", scorer_image="none:1"))

    assert isinstance(sandbox, Bubblewrap)
    assert sandbox.description.startswith("bubblewrap ")


def test_without_either_it_says_how_to_have_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SandboxUnavailable, match=r"install docker\.io.*apt install bubblewrap"):
        open_sandbox(HostSettings(home=tmp_path, sandbox="auto"))


@pytest.mark.parametrize(
    ("said", "text"), [("bubblewrap 0.4.1", "0.8.0 or newer"), ("", "unknown")]
)
def test_an_old_bubblewrap_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, text: str
) -> None:
    program = tmp_path / "bwrap"
    program.write_text(f"#!/bin/sh\necho {said}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(SandboxUnavailable, match=text):
        open_sandbox(HostSettings(home=tmp_path, sandbox="bubblewrap"))


@pytest.mark.bubblewrap
def test_a_bubblewrap_that_lets_everything_through_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bwrap"
    program.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = --version ]; then echo bubblewrap 9.9.9; exit; fi\n'
        'while [ "$1" != -- ]; do shift; done\n'
        'shift; exec "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(SandboxUnavailable):
        open_sandbox(HostSettings(home=tmp_path / "home", sandbox="bubblewrap"))


def test_the_probe_names_the_wall_that_does_not_stand(host: SandboxHost, tmp_path: Path) -> None:
    """A sandbox that shows the command something else than it was given."""

    class Swapping:
        description = "a swapping sandbox"

        def run(self, task: SandboxTask, *, cancelled: object) -> Run:
            (task.mounts[0].source / "token").write_text("other", encoding="ascii")
            return host.sandbox.run(task, cancelled=cancelled)  # type: ignore[arg-type]

        sweep: Callable[..., int] = host.sandbox.sweep

    sandbox: Sandbox = Swapping()
    with pytest.raises(SandboxUnavailable, match="not what was given"):
        prove(sandbox, tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can show a folder by another name")
@pytest.mark.bubblewrap
def test_the_mount_table_inside_names_no_folder_of_the_host(tmp_path: Path) -> None:
    sandbox = open_sandbox(HostSettings(home=tmp_path / "home", sandbox="bubblewrap"))
    host = SandboxHost(sandbox, HostSettings(home=tmp_path / "home"), tmp_path)

    run, _ = host.run("cat", "/proc/self/mountinfo", "/proc/1/cmdline", "/proc/1/mountinfo")

    assert run.is_clean
    assert b" /agon/output " in run.log
    assert str(tmp_path).encode() not in run.log
    assert str(Path(__file__).parents[3]).encode() not in run.log
