"""The machine that was measured on: what decides the numbers, nothing that tells whose it is."""

import os
import platform
import shutil
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

GIB = 1024**3
PACKAGES = ("django", "celery", "gunicorn", "psycopg", "numpy", "zarr")


def describe_machine() -> dict[str, str]:
    """Return processor, cores, memory, kernel and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory / GIB:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "load before": f"{os.getloadavg()[1]:.1f}",  # of five minutes; more than 0 disturbs
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "bubblewrap": _said("bwrap", "--version"),
        "docker": _said("docker", "version", "--format", "{{.Server.Version}}"),
        **{package: version(package) for package in PACKAGES},
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _said(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return "none"
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    return done.stdout.strip().rpartition(" ")[2] or "none"
