"""Opens the socket family that no network namespace holds back."""

import socket
import sys

try:
    socket.socket(40, socket.SOCK_STREAM)
except OSError:
    sys.exit(0)
sys.exit("AF_VSOCK is open")
