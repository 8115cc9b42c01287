"""Loops are compiled ahead for whatever types occur."""

import subprocess
import sys

SCRIPT = """
import numpy as np
from evaluator.metrics.kernels import cells, components, overlaps, pieces
MODULES = (cells, components, overlaps, pieces)
from tests.unit.evaluator.metrics.cellmap.cases import THREE_THREADS, instances

def compiled():
    return {
        (name, str(types))
        for module in MODULES
        for name, item in vars(module).items()
        for types in getattr(item, "signatures", ())
    }

for module in MODULES:
    module.warm()
before = compiled()
truth = np.random.default_rng(0).integers(0, 9, (5, 6, 40))
for dtype in ("?", "u1", "i2", ">u4", "u8", "f4"):
    for other in ("u1", "i4", "u8"):
        prediction, true = np.roll(truth, 2, 2).astype(dtype), truth.astype(other)
        true.flags.writeable = False
        for profile in ("clean", "peer-2026-06"):
            instances(prediction, true, profile=profile, spacing=(1, 2, 3))
            instances(prediction, true, profile=profile, work=THREE_THREADS)
            instances(None, true, profile=profile)
print(*sorted(compiled() - before), sep="\\n", end="")
"""


def test_no_loop_is_compiled_while_scoring() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=150
    )

    assert done.stderr == ""
    assert done.stdout == ""
