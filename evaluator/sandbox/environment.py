"""The environment of a sandboxed command: nothing of the worker's own, the same on every host."""

from evaluator.sandbox.base import SandboxTask
from evaluator.sandbox.layout import TEMPORARY
from evaluator.sandbox.scorer_tree import LIBRARY


def sandbox_environment(task: SandboxTask) -> dict[str, str]:
    """Return the variables of the task on top of ours; PATH is the runtime's."""
    # More threads than CPUs made the same matrix product two to six times slower under a quota.
    threads = str(max(1, int(task.limits.cpus)))
    return {
        "HOME": TEMPORARY,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": LIBRARY,
        "MKL_NUM_THREADS": threads,
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        **task.environment,
    }
