import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = """
import resource, sys
import numpy as np
from evaluator.inside.memory import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def use(count):
    for _ in range(count):
        blocks = [np.ones(size * 2**17) for size in (1, 3, 2)]
use(3)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
use(20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(what: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, what], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return int(done.stdout)


def test_memory_of_blocks_is_used_again_without_asking_the_system() -> None:
    assert page_faults("keep") < page_faults("give back") / 10
