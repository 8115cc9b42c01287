"""Calls the kernel by the numbers of the x32 machine, which pass for those of x86-64."""

import ctypes
import os
import platform
import signal

if platform.machine() != "x86_64":
    os.kill(os.getpid(), signal.SIGSYS)  # no such door on this machine
print(ctypes.CDLL(None).syscall(0x40000000 | 39))
