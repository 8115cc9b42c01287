"""Mounts, in the old way and the new."""

import ctypes
import errno
import os
import platform
import sys

libc = ctypes.CDLL(None, use_errno=True)
column = 0 if platform.machine() == "x86_64" else 1
allowed = []
for name, numbers, arguments in (
    ("mount", (165, 40), (0, 0, 0, 0, 0)),
    ("umount2", (166, 39), (0, 2)),
    ("pivot_root", (155, 41), (0, 0)),
    ("chroot", (161, 51), (0,)),
    ("fsopen", (430, 430), (0, 0)),
    ("open_tree", (428, 428), (-100, 0, 1)),
    ("move_mount", (429, 429), (0, 0, 0, 0, 0)),
    ("mount_setattr", (442, 442), (0, 0, 0, 0, 0)),
):
    if numbers[column] is None:
        continue
    ctypes.set_errno(0)
    answer = libc.syscall(numbers[column], *arguments)
    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS, errno.EACCES):
        allowed.append((name, answer, os.strerror(ctypes.get_errno())))
sys.exit(str(allowed) if allowed else 0)
