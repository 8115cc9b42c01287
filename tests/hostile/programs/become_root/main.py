"""Becomes another user, by asking and by a program with the setuid bit."""

import os
import shutil
import stat
import subprocess
import sys

gained = []
for name, action in (
    ("setuid", lambda: os.setuid(0)),
    ("setresuid", lambda: os.setresuid(0, 0, 0)),
    ("setgid", lambda: os.setgid(0)),
    ("setgroups", lambda: os.setgroups([0, 42])),
):
    try:
        action()
    except OSError:
        continue
    gained.append(name)
for folder in ("/tmp", "/agon/output"):
    path = os.path.join(folder, "id")
    shutil.copy("/usr/bin/id", path)
    os.chmod(path, 0o6777)
    try:
        said = subprocess.run([path, "-u"], capture_output=True, text=True).stdout.strip()
    except OSError:
        said = ""
    if said == "0":
        gained.append(path)
    os.unlink(path)
if os.geteuid() == 0 or os.stat("/proc/self").st_uid == 0:
    gained.append("root")
sys.exit(str(gained) if gained else 0)
