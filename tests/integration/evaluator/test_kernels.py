"""What is compiled ahead is used by runs, and cannot be changed by them."""

from pathlib import Path
from threading import Event

import pytest

from evaluator.host.kernels import IN_RUN, Kernels
from evaluator.jobs import MIB
from evaluator.sandbox.base import Limits, Sandbox, SandboxTask

LIMITS = Limits(
    cpus=1,
    memory_bytes=1024 * MIB,
    wall_seconds=60,
    processes=32,
    output_bytes=4 * MIB,
    log_bytes=MIB,
)
# Says for one loop how often its compiled code was found, and how often it was made.
COUNT = """
import numpy as np
from evaluator.metrics.kernels import edt
edt.squared_distances(np.ones((2, 2, 2), np.uint8), np.ones(3), np.empty((2, 2, 2)))
stats = edt.squared_distances.stats
print("found", sum(stats.cache_hits.values()), "made", sum(stats.cache_misses.values()))
"""


@pytest.fixture
def kernels(sandbox: Sandbox, tmp_path: Path) -> Kernels:
    return Kernels(tmp_path / "kernels", sandbox)


def count(sandbox: Sandbox, kernels: Kernels, output: Path) -> str:
    output.mkdir()
    task = SandboxTask(
        name=output.name,
        command=("python", "-c", COUNT),
        mounts=kernels.mounts(),
        output=output,
        collect=(),
        limits=LIMITS,
        environment=IN_RUN,
    )
    run = sandbox.run(task, cancelled=Event())
    assert run.is_clean, run.log
    return run.log.decode().strip()


@pytest.mark.timeout(600)
def test_a_run_finds_what_was_compiled_ahead(
    sandbox: Sandbox, kernels: Kernels, tmp_path: Path
) -> None:
    assert count(sandbox, kernels, tmp_path / "1-1-before") == "found 0 made 1"

    kernels.prepare(Event())

    assert count(sandbox, kernels, tmp_path / "2-1-after") == "found 1 made 0"


def test_a_host_that_is_going_down_compiles_nothing(kernels: Kernels) -> None:
    going_down = Event()
    going_down.set()

    kernels.prepare(going_down)

    assert kernels.mounts() == ()
