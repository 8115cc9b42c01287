"""Opens sockets that lead out, and asks for names and the cloud's metadata."""

import socket
import sys
import urllib.request

opened = []
kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW)
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_PACKET, socket.AF_NETLINK):
    for kind in kinds:
        try:
            socket.socket(family, kind)
        except OSError:
            continue
        opened.append((family, kind))
for address in ("http://169.254.169.254/latest/meta-data/", "http://example.org/"):
    try:
        urllib.request.urlopen(address, timeout=2)
    except OSError:
        continue
    opened.append(address)
sys.exit(str(opened) if opened else 0)
