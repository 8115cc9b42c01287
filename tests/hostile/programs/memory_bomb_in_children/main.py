"""Lets children take the memory; ends well itself, as if nothing had happened."""

import os
import time

for _ in range(8):
    if os.fork() == 0:
        held = bytearray(120 * 1024**2)
        time.sleep(5)
        os._exit(0)
for _ in range(8):
    os.wait()
