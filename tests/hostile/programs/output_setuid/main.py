"""Hands out a program with the setuid bit; it must come out as a plain file."""

import os

with open("/agon/output/result.json", "w") as file:
    file.write("{}")
os.chmod("/agon/output/result.json", 0o6777)
