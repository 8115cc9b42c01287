"""Aborts, and would leave a core file in its folder."""

import os

os.chdir("/agon/output")
os.abort()
