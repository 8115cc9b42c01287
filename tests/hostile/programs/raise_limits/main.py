"""Raises the limits that it was given."""

import resource
import sys

raised = []
for name in ("RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NOFILE"):
    kind = getattr(resource, name)
    soft, hard = resource.getrlimit(kind)
    try:
        resource.setrlimit(kind, (hard + 1, hard + 1))
    except (OSError, ValueError):
        continue
    raised.append(name)
sys.exit(str(raised) if raised else 0)
