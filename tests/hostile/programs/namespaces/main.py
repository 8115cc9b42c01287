"""Makes namespaces of its own, in which it would be root."""

import ctypes
import errno
import os
import platform
import sys

libc = ctypes.CDLL(None, use_errno=True)
column = 0 if platform.machine() == "x86_64" else 1
allowed = []
for name, numbers, arguments in (
    ("unshare user", (272, 97), (268435456,)),
    ("unshare mount", (272, 97), (131072,)),
    ("setns", (308, 268), (0, 0)),
    ("clone user", (56, 220), (268435473, 0, 0, 0, 0)),
    ("clone3", (435, 435), (0, 0)),
):
    if numbers[column] is None:
        continue
    ctypes.set_errno(0)
    answer = libc.syscall(numbers[column], *arguments)
    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS, errno.EACCES):
        allowed.append((name, answer, os.strerror(ctypes.get_errno())))
sys.exit(str(allowed) if allowed else 0)
