"""A worker that only sleeps, to be killed: `python -m … RUNTIME FOLDER IMAGE NAME`."""

import sys
from dataclasses import replace
from pathlib import Path

from tests.integration.evaluator.sandboxes import SMALL, open_host

if __name__ == "__main__":
    runtime, folder, image, name = sys.argv[1:]
    with open_host(runtime, Path(folder), scorer_image=image) as host:
        code = f"import time; print('{name}'); time.sleep(100)"
        host.run("python", "-c", code, name=name, limits=replace(SMALL, wall_seconds=100))
