"""Says before the long work whether the site could listen, and finds free ports for services."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Mapping

from deploy.errors import PortTaken

DEFAULT = 8000
LOOPBACK = "127.0.0.1"


def wanted_port(environ: Mapping[str, str] = os.environ) -> int:
    """The port in AGON_PORT, 8000 when it is not set.

    Raises: PortTaken when it is no port number.
    """
    text = environ.get("AGON_PORT", "") or str(DEFAULT)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise PortTaken(f"AGON_PORT is '{text}'; set it to a number from 1 to 65535.")
    return int(text)


def check_port(port: int, address: str = LOOPBACK) -> None:
    """Return when the port can be listened on at a numeric address of this machine.

    Raises: PortTaken with the way out.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do it: a port whose last connections are still winding down is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.strip("[]"), port))
        except OSError as error:
            raise PortTaken(_sentence(port, error)) from error


def free_port() -> int:
    """A port of the loopback interface that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        number: int = probe.getsockname()[1]
        return number


def _sentence(port: int, error: OSError) -> str:
    if error.errno == errno.EACCES:
        return f"Port {port} is for root only. Take one above 1023: AGON_PORT=8000 make run"
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program (another Agon, perhaps). "
            f"Stop that one, or take another port: AGON_PORT={min(port + 1, 65535)} make run"
        )
    return f"Port {port} cannot be used: {error.strerror}. Look at AGON_ADDRESS and AGON_PORT."
