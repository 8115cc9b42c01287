"""What is particular to containers: images, broken connections, engines that see less of us."""

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import docker
import pytest
from docker import DockerClient

from evaluator.errors import ImageUnavailable, SandboxUnavailable
from evaluator.sandbox.base import End
from evaluator.sandbox.choose import instance_name, open_docker
from evaluator.sandbox.docker import Docker, DockerHost
from evaluator.sandbox.docker_engine import check_engine, connect
from evaluator.settings import HostSettings
from tests.integration.evaluator.sandboxes import MIB, SMALL, SandboxHost, open_host

pytestmark = pytest.mark.docker

# Lives long enough at its limit for a sample of the engine's statistics to show it.
FORKS = """
import os, time
try:
    while True:
        os.fork() or time.sleep(9)
finally:
    time.sleep(1)
"""
BIG_TIME = replace(SMALL, wall_seconds=20)
ENGINE_SOCKET = "/var/run/docker.sock"


@pytest.fixture
def client() -> Iterator[DockerClient]:
    client = docker.from_env()
    yield client
    client.close()


@pytest.fixture
def plain_host(tmp_path: Path, scorer_image: str, client: DockerClient) -> SandboxHost:
    """Docker for a worker whose mounts and control groups the engine does not share."""
    settings = HostSettings(home=tmp_path / "home", scorer_image=scorer_image)
    state = settings.scratch / "sandbox"
    state.mkdir(parents=True)
    made = DockerHost(
        client=client,
        engine=check_engine(client, oci_runtime="runc"),
        scorer_image=scorer_image,
        instance=instance_name(settings),
        state=state,
        slots=tmp_path / "slots",
        cgroups=None,
        can_mount=False,
        is_root=True,
    )
    return SandboxHost(Docker(made), settings, tmp_path)


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("[bytearray(2**24) for _ in iter(int, 1)]", End.MEMORY_LIMIT),
        (FORKS, End.PROCESS_LIMIT),
        ("f = open('result.json', 'wb', 0)\nwhile True: f.write(b'x' * 2**20)", End.OUTPUT_LIMIT),
        ("import os; os.symlink('/etc/passwd', 'result.json')", End.UNSAFE_OUTPUT),
        ("import time; time.sleep(60)", End.TIME_LIMIT),
        ("open('result.json', 'w').write('{}')", End.EXITED),
    ],
)
def test_limits_hold_where_the_engine_shares_neither_mounts_nor_groups(
    plain_host: SandboxHost, code: str, end: End
) -> None:
    run, _ = plain_host.run("python", "-c", code)

    assert run.end is end, run.log
    assert plain_host.leftovers() == []


def test_usage_is_measured_through_the_engine_too(plain_host: SandboxHost) -> None:
    # The engine is asked from time to time: what ends between two looks leaves no numbers.
    code = (
        "import time; held = bytearray(100 * 2**20); end = time.monotonic() + 5\n"
        "while time.monotonic() < end: pass"
    )

    run, _ = plain_host.run("python", "-c", code)

    assert 0.05 < run.usage.cpu_seconds < 5.5
    assert 100 * MIB < run.usage.memory_peak_bytes < 160 * MIB


def test_an_image_with_volumes_is_refused(
    plain_host: SandboxHost, client: DockerClient, scorer_image: str
) -> None:
    container = client.containers.create(scorer_image, "true")
    image = container.commit("agon-test-volume", "1", changes=["VOLUME /data"])
    try:
        with pytest.raises(ImageUnavailable, match="declares volumes"):
            plain_host.run("true", image="agon-test-volume:1")
    finally:
        container.remove()
        client.images.remove(str(image.id), force=True)


def test_a_run_survives_a_broken_connection_to_the_engine(
    tmp_path: Path, scorer_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _proxy() as proxy:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{proxy.path}")
        with open_host("docker", tmp_path, scorer_image=scorer_image) as host:
            cut = threading.Timer(1.0, proxy.cut, args=(1.0,))
            cut.start()

            code = "import time; time.sleep(3); print('still here')"
            run, _ = host.run("python", "-c", code, limits=BIG_TIME)

            cut.join()
            assert (run.end, run.log) == (End.EXITED, b"still here\n")
            assert proxy.cuts > 0
            assert host.leftovers() == []


def test_a_command_is_not_blamed_for_an_engine_that_went_away(
    tmp_path: Path, scorer_image: str, monkeypatch: pytest.MonkeyPatch, client: DockerClient
) -> None:
    with _proxy() as proxy:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{proxy.path}")
        with open_host("docker", tmp_path, scorer_image=scorer_image) as host:
            name = f"{instance_name(host.settings)}-gone-1-score"

            def restart() -> None:
                proxy.cut(1.0)
                client.containers.get(name).kill()

            restarted = threading.Timer(1.0, restart)
            restarted.start()

            with pytest.raises(SandboxUnavailable, match="restarted during the run"):
                host.run("sleep", "60", name="gone-1-score", limits=BIG_TIME)

            restarted.join()
            assert host.leftovers() == []


def test_a_time_limit_is_kept_although_the_connection_breaks(
    tmp_path: Path, scorer_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _proxy() as proxy:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{proxy.path}")
        with open_host("docker", tmp_path, scorer_image=scorer_image) as host:
            cut = threading.Timer(1.0, proxy.cut, args=(0.5,))
            cut.start()

            run, _ = host.run("sleep", "60", limits=replace(SMALL, wall_seconds=2))

            cut.join()
            assert run.end is End.TIME_LIMIT
            assert run.usage.wall_seconds < 5
            assert host.leftovers() == []


def test_without_an_engine_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")

    with pytest.raises(SandboxUnavailable, match=r"install docker\.io"):
        connect()


def test_without_the_scorer_image_it_says_what_to_do(tmp_path: Path) -> None:
    settings = HostSettings(home=tmp_path, scorer_image="no-such-scorer:1")

    with pytest.raises(SandboxUnavailable, match="make image"):
        open_docker(settings)


class _Proxy:
    """Stands between a client and the engine, and can cut every connection for a while."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cuts = 0
        self._refuse_until = 0.0
        self._open: list[socket.socket] = []
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        self._threads: list[threading.Thread] = []
        self._spawn(self._accept)

    def cut(self, seconds: float) -> None:
        self._refuse_until = time.monotonic() + seconds
        for end in list(self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
                self.cuts += 1

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self.cut(0)
        for thread in self._threads:
            thread.join()
        for end in (self._server, *self._open):
            end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            if time.monotonic() < self._refuse_until:
                near.close()
                continue
            far = socket.socket(socket.AF_UNIX)
            far.connect(ENGINE_SOCKET)
            self._open += [near, far]
            self._spawn(self._copy, near, far)
            self._spawn(self._copy, far, near)

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def _spawn(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()


@contextmanager
def _proxy() -> Iterator[_Proxy]:
    folder = Path(tempfile.mkdtemp())  # short: a socket's path has 107 bytes at most
    proxy = _Proxy(folder / "engine.sock")
    try:
        yield proxy
    finally:
        proxy.close()
        shutil.rmtree(folder)
