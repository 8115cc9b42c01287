"""Uses the calls that have let programs write into files they may only read."""

import ctypes
import errno
import os
import platform
import sys

libc = ctypes.CDLL(None, use_errno=True)
column = 0 if platform.machine() == "x86_64" else 1
allowed = []
for name, numbers, arguments in (
    ("splice", (275, 76), (0, 0, 1, 0, 1, 0)),
    ("tee", (276, 77), (0, 1, 1, 0)),
    ("vmsplice", (278, 75), (1, 0, 0, 0)),
    ("sendfile", (40, 71), (1, 0, 0, 1)),
):
    if numbers[column] is None:
        continue
    ctypes.set_errno(0)
    answer = libc.syscall(numbers[column], *arguments)
    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS, errno.EACCES):
        allowed.append((name, answer, os.strerror(ctypes.get_errno())))
sys.exit(str(allowed) if allowed else 0)
