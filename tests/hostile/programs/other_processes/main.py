"""Looks for processes that are not its own, and for its host's name and users."""

import os
import socket
import sys

numbers = [int(name) for name in os.listdir("/proc") if name.isdigit()]
found = [number for number in numbers if number > 20]
if socket.gethostname() != "sandbox":
    found.append(socket.gethostname())
sys.exit(str(found) if found else 0)
