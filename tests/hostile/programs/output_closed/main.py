"""Closes its output folder to everybody, whoever comes to look into it."""

import os

os.mkdir("/agon/output/predictions")
open("/agon/output/predictions/0", "w").close()
os.chmod("/agon/output/predictions/0", 0)
os.chmod("/agon/output", 0)
