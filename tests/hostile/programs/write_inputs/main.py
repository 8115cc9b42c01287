"""Changes what it was only shown: its input, its own program, the system."""

import os
import sys

changed = []
for path in ("/agon/program/main.py", "/agon/input/values.txt", "/etc/passwd", "/usr/bin/env"):
    for name, action in (
        ("write", lambda: open(path, "ab").close()),
        ("truncate", lambda: os.truncate(path, 0)),
        ("mode", lambda: os.chmod(path, 0o777)),
        ("owner", lambda: os.chown(path, os.getuid(), -1)),
        ("rename", lambda: os.rename(path, path + ".old")),
        ("remove", lambda: os.unlink(path)),
        ("link", lambda: os.link(path, "/agon/output/link")),
        ("time", lambda: os.utime(path)),
    ):
        try:
            action()
        except OSError:
            continue
        changed.append((path, name))
sys.exit(str(changed) if changed else 0)
