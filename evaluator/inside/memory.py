"""How the process deals with memory that it has freed."""

import ctypes
import sys

# Of mallopt(3). The largest threshold that glibc takes is 32 MiB.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
MAPPED_BYTES = 32 * 1024**2
KEPT_BYTES = 128 * 1024**2


def keep_freed_memory() -> None:
    """Keep the memory of freed blocks for the next ones, where the C library is glibc.

    Blocks of arrays come and go by the thousand. Giving each back to the system, which clears it
    page by page when the next one asks, takes longer than decoding what goes into it.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, MAPPED_BYTES)
        mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
