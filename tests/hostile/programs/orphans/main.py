"""Leaves daemons in sessions of their own behind, deaf to every signal, and ends well."""

import os
import signal
import time

for _ in range(8):
    if os.fork() == 0:
        os.setsid()
        for number in set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
time.sleep(0.2)
