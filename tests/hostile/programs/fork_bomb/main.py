"""Forks until it is refused; the children wait."""

import os
import time

while True:
    if os.fork() == 0:
        time.sleep(60)
