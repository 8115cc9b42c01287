"""Says far more than anybody will keep."""

import os

for _ in range(800):
    os.write(1, b"x" * 99_999 + b"\n")
    os.write(2, b"y" * 999 + b"\n")
