"""What every runtime gives a well-behaved command, and takes back from it."""

import os
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path
from threading import Event, Timer

import pytest

from evaluator.errors import ImageUnavailable, SandboxUnavailable
from evaluator.sandbox.base import End, Mount, Run
from tests.integration.evaluator.sandboxes import MIB, SMALL, SandboxHost

BIG = replace(SMALL, output_bytes=200 * MIB, wall_seconds=20)  # too big for an output in memory


def test_a_command_says_its_exit_code_and_both_its_streams(host: SandboxHost) -> None:
    code = "import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(3)"

    run, _ = host.run("python", "-c", code)

    assert (run.end, run.exit_code) == (End.EXITED, 3)
    assert not run.is_clean
    assert sorted(run.log.splitlines()) == [b"err", b"out"]  # an engine may mix two streams


def test_a_command_that_is_not_there_ends_as_in_a_shell(host: SandboxHost) -> None:
    run, _ = host.run("no-such-command")

    assert (run.end, run.exit_code) == (End.EXITED, 127)
    assert b"no-such-command" in run.log


def test_a_command_that_cannot_be_executed_ends_as_in_a_shell(host: SandboxHost) -> None:
    run, _ = host.run("/etc/passwd")

    assert (run.end, run.exit_code) == (End.EXITED, 126)


def test_only_what_is_collected_comes_out(host: SandboxHost) -> None:
    code = """
import os
os.makedirs("predictions/a/b")
open("predictions/a/b/c", "w").write("c")
open("result.json", "w").write("{}")
open("notes.txt", "w").write("notes")
"""

    run, output = host.run("python", "-c", code, collect=("predictions/a", "result.json", "gone"))

    assert run.is_clean, run.log
    assert _tree(output) == {"predictions/a/b/c": "c", "result.json": "{}"}
    assert all(path.stat().st_uid == os.geteuid() for path in output.rglob("*"))


def test_a_big_output_is_kept_where_it_was_written(host: SandboxHost) -> None:
    code = """
import os
os.makedirs("predictions/c/0")
for number in range(100):
    with open(f"predictions/c/0/{number}", "wb") as file:
        file.write(os.urandom(2**20))
open("scratch", "w").close()
os.chmod("predictions/c/0/7", 0)
os.makedirs("more/deep")
"""

    run, output = host.run("python", "-c", code, limits=BIG)

    assert run.is_clean, run.log
    assert sum(path.stat().st_size for path in output.rglob("*") if path.is_file()) == 100 * MIB
    assert [path.name for path in output.iterdir()] == ["predictions"]
    assert {path.stat().st_uid for path in output.rglob("*")} == {os.geteuid()}
    assert (output / "predictions/c/0/7").stat().st_mode & 0o777 == 0o644


def test_an_output_on_disk_cannot_outgrow_its_limit(host: SandboxHost) -> None:
    # Written through: pages that wait for a slow disk count as the command's memory.
    code = """
import os
number = 0
while True:
    with open(f"{number}", "wb", buffering=0) as file:
        file.write(b"x" * 4 * 2**20)
        os.fsync(file.fileno())
    number += 1
"""

    run, output = host.run("python", "-c", code, limits=BIG)

    assert run.end is End.OUTPUT_LIMIT
    assert list(output.iterdir()) == []


def test_a_deep_tree_on_disk_is_refused_and_removed(host: SandboxHost) -> None:
    code = """
import os
for _ in range(300):
    os.mkdir("d" * 100)
    os.chdir("d" * 100)
"""

    run, output = host.run("python", "-c", code, limits=BIG)

    assert run.end is End.UNSAFE_OUTPUT
    assert list(output.iterdir()) == []


def test_inputs_are_seen_even_below_a_folder_closed_to_others(
    host: SandboxHost, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    shown = closed / "shown"
    shown.mkdir(parents=True)
    (shown / "a.txt").write_text("folder", encoding="utf-8")
    (closed / "b.txt").write_text("file", encoding="utf-8")
    (closed / "secret.txt").write_text("secret", encoding="utf-8")
    closed.chmod(0o700)
    mounts = (Mount(shown, "/agon/input"), Mount(closed / "b.txt", "/agon/job/one.txt"))
    code = """
import os
print(open("/agon/input/a.txt").read(), open("/agon/job/one.txt").read(), os.listdir("/agon/job"))
"""

    run, _ = host.run("python", "-c", code, mounts=mounts)

    assert run.log == b"folder file ['one.txt']\n"


def test_the_environment_holds_paths_and_nothing_of_the_worker(
    host: SandboxHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGON_SECRET_KEY", "hunter2")

    run, _ = host.run("python", "-c", "import os; print(os.getcwd(), sorted(os.environ))")

    assert run.log.startswith(b"/agon/output [")
    assert b"SECRET" not in run.log


def test_our_own_package_can_be_imported(host: SandboxHost) -> None:
    run, _ = host.run("python", "-c", "import evaluator.codes as c; print(c.__file__)")

    assert run.log == b"/agon/lib/evaluator/codes.py\n"


def test_arrays_threads_locks_and_copies_work_under_the_filter(host: SandboxHost) -> None:
    code = """
import multiprocessing, shutil, subprocess, threading
import numpy
square = numpy.ones((400, 400))
results = []
threads = [threading.Thread(target=lambda: results.append(square @ square)) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
numpy.save("a.npy", square)
shutil.copy("a.npy", "b.npy")
with multiprocessing.Pool(2) as pool:
    print(len(results), numpy.load("b.npy", mmap_mode="r").sum(), pool.map(abs, [-1, 2]))
print(subprocess.run(["python", "-c", "print(5)"], capture_output=True, text=True).stdout)
"""

    run, _ = host.run("python", "-c", code, limits=replace(SMALL, wall_seconds=20))

    assert run.log == b"4 160000.0 [1, 2]\n5\n\n"


def test_the_log_keeps_its_start_and_its_end(host: SandboxHost) -> None:
    code = "print('first'); [print('x' * 99) for _ in range(5000)]; print('last')"

    run, _ = host.run("python", "-c", code)

    assert run.is_clean
    assert len(run.log) <= SMALL.log_bytes
    assert run.log.endswith(b"last\n")


def test_time_is_limited_to_the_second(host: SandboxHost) -> None:
    started = time.monotonic()

    run, _ = host.run("sleep", "60", limits=replace(SMALL, wall_seconds=1))

    assert run.end is End.TIME_LIMIT
    assert run.exit_code == 137
    assert time.monotonic() - started < 3


def test_cancelling_ends_a_run_at_once(host: SandboxHost) -> None:
    cancelled = Event()
    timer = Timer(0.5, cancelled.set)
    timer.start()
    started = time.monotonic()

    run, output = host.run("sleep", "60", cancelled=cancelled)

    timer.join()
    assert run.end is End.CANCELLED
    assert time.monotonic() - started < 1.5
    assert list(output.iterdir()) == []


def test_a_run_cancelled_before_it_starts_ends_too(host: SandboxHost) -> None:
    cancelled = Event()
    cancelled.set()

    run, _ = host.run("sleep", "60", cancelled=cancelled)

    assert run.end is End.CANCELLED


def test_cpu_is_shared_out_and_counted(host: SandboxHost) -> None:
    code = """
import os, time
for _ in range(3):
    os.fork()
until = time.monotonic() + 2
while time.monotonic() < until:
    pass
"""

    run, _ = host.run("python", "-c", code)

    assert run.end is End.EXITED
    assert 0.2 < run.usage.cpu_seconds < 1.25 * run.usage.wall_seconds


def test_memory_and_time_are_measured(host: SandboxHost) -> None:
    code = "import time; held = bytearray(100 * 2**20); time.sleep(0.6); print(len(held))"

    run, _ = host.run("python", "-c", code)

    assert 100 * MIB < run.usage.memory_peak_bytes < 160 * MIB
    assert 0.6 < run.usage.wall_seconds < 3


def test_runs_at_the_same_time_do_not_meet(host: SandboxHost) -> None:
    code = """
import os, time
for folder in ("/tmp", "/dev/shm", "/agon/output"):
    open(f"{folder}/mine", "x").close()
time.sleep(1)
print(os.stat("/agon/output/mine").st_uid == os.getuid())
print(sum(name.isdigit() for name in os.listdir("/proc")) < 5)
"""
    runs: list[Run] = []
    threads = [
        threading.Thread(target=lambda: runs.append(host.run("python", "-c", code)[0]))
        for _ in range(3)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [run.log for run in runs] == [b"True\nTrue\n"] * 3


def test_two_runs_of_one_name_do_not_live_at_once(host: SandboxHost) -> None:
    cancelled = Event()
    thread = threading.Thread(
        target=lambda: host.run("sleep", "60", name="same-1-score", cancelled=cancelled)
    )
    runs = host.settings.scratch / "sandbox" / "runs" / "same-1-score"
    thread.start()
    while not (runs / "lock").exists():
        time.sleep(0.01)

    with pytest.raises(SandboxUnavailable, match="under way"):
        host.run("true", name="same-1-score")

    cancelled.set()
    thread.join()


def test_a_name_that_leaves_its_folder_is_refused(host: SandboxHost) -> None:
    with pytest.raises(ValueError, match="cannot name a run"):
        host.run("true", name="../escape")


def test_an_image_that_is_not_here_is_not_fetched(host: SandboxHost) -> None:
    with pytest.raises(ImageUnavailable, match="no-such-image"):
        host.run("true", image="no-such-image:1")


def test_no_abstract_socket_of_the_host_can_be_reached(host: SandboxHost) -> None:
    code = """
import socket
with socket.socket(socket.AF_UNIX) as client:
    client.connect("\\0agon-test")
"""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0agon-test")
        server.listen()

        run, _ = host.run("python", "-c", code)

    assert b"ConnectionRefusedError" in run.log


def _tree(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}
