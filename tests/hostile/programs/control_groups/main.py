"""Leaves its control groups or widens them."""

import glob
import os
import sys

changed = []
for path in glob.glob("/sys/fs/cgroup/**", recursive=True):
    if os.path.isfile(path) and os.access(path, os.W_OK):
        changed.append(path)
    if os.path.isdir(path):
        try:
            os.mkdir(os.path.join(path, "mine"))
        except OSError:
            continue
        changed.append(path)
sys.exit(str(changed) if changed else 0)
