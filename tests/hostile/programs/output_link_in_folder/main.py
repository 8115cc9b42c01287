"""Hides a link to the truth among good predictions."""

import os

os.mkdir("/agon/output/predictions")
open("/agon/output/predictions/0", "w").close()
os.symlink("/agon/truth", "/agon/output/predictions/1")
