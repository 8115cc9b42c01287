"""Takes memory as files without a name."""

import os

held = []
while True:
    held.append(os.memfd_create("held"))
    os.write(held[-1], b"x" * 16 * 1024**2)
