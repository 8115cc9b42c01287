"""Writes kernel settings: a core pattern is a program that the host's root starts."""

import os
import sys

written = []
places = ["/proc/sysrq-trigger", "/proc/self/oom_score_adj_of_another"]
for folder, _, names in os.walk("/proc/sys"):
    places += [os.path.join(folder, name) for name in names]
for path in places:
    try:
        with open(path, "r+b", buffering=0) as file:
            file.write(file.read())
    except OSError:
        continue
    written.append(path)
sys.exit(str(written) if written else 0)
