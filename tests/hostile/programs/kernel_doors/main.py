"""Knocks at the rest of the kernel."""

import ctypes
import errno
import os
import platform
import sys

libc = ctypes.CDLL(None, use_errno=True)
column = 0 if platform.machine() == "x86_64" else 1
allowed = []
for name, numbers, arguments in (
    ("bpf", (321, 280), (0, 0, 0)),
    ("perf_event_open", (298, 241), (0, 0, -1, -1, 0)),
    ("userfaultfd", (323, 282), (0,)),
    ("keyctl", (250, 219), (0, 0, 0, 0, 0)),
    ("add_key", (248, 217), (0, 0, 0, 0, 0)),
    ("request_key", (249, 218), (0, 0, 0, 0)),
    ("open_by_handle_at", (304, 265), (0, 0, 0)),
    ("init_module", (175, 105), (0, 0, 0)),
    ("finit_module", (313, 273), (0, 0, 0)),
    ("kexec_load", (246, 104), (0, 0, 0, 0)),
    ("reboot", (169, 142), (0, 0, 0, 0)),
    ("swapon", (167, 224), (0, 0)),
    ("settimeofday", (164, 170), (0, 0)),
    ("sethostname", (170, 161), (0, 0)),
    ("iopl", (172, None), (3,)),
    ("syslog", (103, 116), (3, 0, 0)),
    ("acct", (163, 89), (0,)),
    ("quotactl", (179, 60), (0, 0, 0, 0)),
    ("memfd_secret", (447, 447), (0,)),
    ("move_pages", (279, 239), (0, 0, 0, 0, 0, 0)),
    ("fanotify_init", (300, 262), (0, 0)),
):
    if numbers[column] is None:
        continue
    ctypes.set_errno(0)
    answer = libc.syscall(numbers[column], *arguments)
    if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS, errno.EACCES):
        allowed.append((name, answer, os.strerror(ctypes.get_errno())))
sys.exit(str(allowed) if allowed else 0)
