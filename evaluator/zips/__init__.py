"""ZIP files from untrusted hands: a strict reading of the directory, bounded unpacking.

Python's zipfile is too kind for them: it mends names, skips what lies before the first entry and,
in older releases, reads entries that overlap.
"""
