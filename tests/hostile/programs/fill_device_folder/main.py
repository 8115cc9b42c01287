"""Fills memory through places that are writable by mistake in many sandboxes."""

import os
import sys

for folder in ("/", "/dev", "/etc", "/agon", "/usr", "/var", "/run", "/home", "/proc"):
    try:
        with open(os.path.join(folder, "fill"), "wb") as file:
            file.write(b"x")
    except OSError:
        continue
    sys.exit(f"{folder} is writable")
