"""Entry point of the sandbox: `python -I /agon/lib/evaluator/inside/__main__.py [ROOT]`.

Exit code 0: the report is written, whatever it says. 3: the truth cannot be read; the log says
why. Anything else is our bug.
"""

import os
import sys
from pathlib import Path

TRUTH_INVALID = 3

# Nobody's plugins run in here, and looking for them costs 20 ms.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
# Our own threads decode; a second pool per library only costs processes of the limit.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main(arguments: list[str]) -> int:
    """Run with the tree that begins at the first argument, `/agon` without one."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from evaluator.inside.driver import event, run  # noqa: PLC0415  # needs the path above
    from evaluator.inside.errors import TruthInvalid  # noqa: PLC0415
    from evaluator.inside.places import Places  # noqa: PLC0415

    try:
        run(Places.below(Path(arguments[0] if arguments else "/agon")))
    except TruthInvalid as error:
        event("truth.invalid", reason=error)
        return TRUTH_INVALID
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
