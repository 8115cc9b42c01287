"""Looks for the worker's environment and secrets in its own and in that of others."""

import glob
import os
import sys

known = {
    "AGON_CASES",
    "AGON_SEED",
    "HOME",
    "HOSTNAME",
    "LANG",
    "LC_CTYPE",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "PATH",
    "PWD",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHASHSEED",
    "PYTHONPATH",
    "TZ",
}
found = sorted(os.environ.keys() - known)
for path in glob.glob("/proc/[0-9]*/environ"):
    try:
        with open(path, "rb") as file:
            variables = file.read().split(b"\0")
    except OSError:
        continue
    names = {variable.split(b"=")[0].decode() for variable in variables if variable}
    found += sorted(names - known)
sys.exit(str(found) if found else 0)
