"""Writes to the output folder until it is stopped, and fails."""

with open("/agon/output/result.json", "wb", buffering=0) as file:
    while True:
        file.write(b"x" * 1024**2)
