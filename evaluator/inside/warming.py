"""Compiles every loop ahead of the first run: `python -I …/evaluator/inside/warming.py`.

Runs in a sandbox of its own, without any submission; what it leaves in the output is shown to
later runs, read-only.
"""

import importlib
import pkgutil
import sys
from pathlib import Path


def kernel_modules() -> list[str]:
    """Return the name of each module below `evaluator.metrics` that can be warmed."""
    from evaluator.metrics import kernels  # noqa: PLC0415  # needs the path that main sets

    found = pkgutil.iter_modules(kernels.__path__, f"{kernels.__name__}.")
    return sorted(module.name for module in found if not module.name.endswith(".compiler"))


def main() -> int:
    """Call every loop once for each combination of types; 0 when all are compiled."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    for name in kernel_modules():
        module = importlib.import_module(name)
        if hasattr(module, "warm"):  # others hold loops that these call
            module.warm()
            sys.stderr.write(f"kernels.warm module={name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
