"""`python -m agon`, the same as `agon`."""

import sys

from agon.cli import main

if __name__ == "__main__":
    sys.exit(main())
