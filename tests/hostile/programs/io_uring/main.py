"""Sets up io_uring, which makes system calls that no filter sees."""

import ctypes
import errno
import os
import platform
import sys

libc = ctypes.CDLL(None, use_errno=True)
column = 0 if platform.machine() == "x86_64" else 1
allowed = []
for name, numbers, arguments in (
    ("io_uring_setup", (425, 425), (8, 0)),
    ("io_uring_enter", (426, 426), (0, 0, 0, 0)),
    ("io_uring_register", (427, 427), (0, 0, 0, 0)),
):
    if numbers[column] is None:
        continue
    ctypes.set_errno(0)
    answer = libc.syscall(numbers[column], *arguments)
    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS, errno.EACCES):
        allowed.append((name, answer, os.strerror(ctypes.get_errno())))
sys.exit(str(allowed) if allowed else 0)
