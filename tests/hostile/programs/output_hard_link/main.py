"""Gives one file two names, one of which could be kept open."""

import os

open("/agon/output/result.json", "w").close()
os.link("/agon/output/result.json", "/agon/output/second.json")
