"""Traces itself and reads the memory of others."""

import ctypes
import errno
import os
import platform
import sys

libc = ctypes.CDLL(None, use_errno=True)
column = 0 if platform.machine() == "x86_64" else 1
allowed = []
for name, numbers, arguments in (
    ("ptrace", (101, 117), (0, 0, 0, 0)),
    ("process_vm_readv", (310, 270), (1, 0, 0, 0, 0, 0)),
    ("process_vm_writev", (311, 271), (1, 0, 0, 0, 0, 0)),
    ("kcmp", (312, 272), (1, 1, 0, 0, 0)),
    ("pidfd_getfd", (438, 438), (0, 0, 0)),
):
    if numbers[column] is None:
        continue
    ctypes.set_errno(0)
    answer = libc.syscall(numbers[column], *arguments)
    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS, errno.EACCES):
        allowed.append((name, answer, os.strerror(ctypes.get_errno())))
sys.exit(str(allowed) if allowed else 0)
