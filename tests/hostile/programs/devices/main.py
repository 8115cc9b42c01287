"""Opens and makes devices, and types into the terminal of the worker."""

import fcntl
import os
import stat
import sys

gained = []
for path in (
    "/dev/mem",
    "/dev/kmsg",
    "/dev/vda",
    "/dev/sda",
    "/dev/kvm",
    "/dev/fuse",
    "/dev/net/tun",
    "/dev/vsock",
    "/dev/tty",
):
    try:
        os.close(os.open(path, os.O_RDWR))
    except OSError:
        continue
    gained.append(path)
for folder in ("/tmp", "/agon/output", "/dev", "/dev/shm"):
    try:
        os.mknod(os.path.join(folder, "disk"), 0o666 | stat.S_IFBLK, os.makedev(254, 0))
    except OSError:
        continue
    gained.append(folder)
for number in (0, 1, 2):
    try:
        fcntl.ioctl(number, 0x5412, b"x")  # TIOCSTI
    except OSError:
        continue
    gained.append(number)
sys.exit(str(gained) if gained else 0)
