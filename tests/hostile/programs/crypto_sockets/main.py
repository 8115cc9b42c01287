"""Opens the kernel's crypto sockets, known from writes into the page cache."""

import socket
import sys

opened = []
for family in (38, *range(2, 46)):
    if family == socket.AF_UNIX:
        continue
    try:
        socket.socket(family, socket.SOCK_SEQPACKET)
    except OSError:
        continue
    opened.append(family)
sys.exit(str(opened) if opened else 0)
