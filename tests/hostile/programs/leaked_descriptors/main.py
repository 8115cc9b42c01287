"""Looks for open files that the worker forgot to close, and reads its standard input."""

import os
import sys

found = []
for number in range(3, 1024):
    try:
        os.fstat(number)
    except OSError:
        continue
    found.append((number, os.readlink(f"/proc/self/fd/{number}")))
found = [item for item in found if not item[1].startswith("/proc/")]
if sys.stdin.read():
    found.append("standard input")
sys.exit(str(found) if found else 0)
