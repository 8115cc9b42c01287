"""Takes memory as shared pages, which no limit of a single process counts."""

import mmap

held = []
while True:
    area = mmap.mmap(-1, 16 * 1024**2)
    area.write(b"x" * len(area))
    held.append(area)
