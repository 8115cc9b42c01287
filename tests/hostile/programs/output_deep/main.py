"""Nests folders deeper than any path can name."""

import os

os.chdir("/agon/output")
for _ in range(400):
    os.mkdir("d" * 100)
    os.chdir("d" * 100)
