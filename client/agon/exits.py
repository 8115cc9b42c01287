"""Exit codes, the same for every command; scripts may rely on them."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    FINE = 0
    REFUSED = 1  # the site said no
    USAGE = 2
    NOT_SIGNED_IN = 3
    NOT_FOUND = 4
    REJECTED = 5  # something is wrong with the submission
    FAILED = 6  # the evaluation ended without a score, and not by the submission's fault
    NETWORK = 7  # the site cannot be reached, or did not answer in time
    INTERRUPTED = 130  # Ctrl-C; 128 + SIGINT, as shells count
