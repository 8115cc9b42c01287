"""Makes empty files in /tmp until it is refused."""

import sys

made = 0
try:
    while made < 300_000:
        open(f"/tmp/{made}", "w").close()
        made += 1
except OSError:
    pass
sys.exit(made > 10_000)
