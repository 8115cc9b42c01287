"""Writes one byte behind a hole larger than the output may be."""

with open("/agon/output/result.json", "wb") as file:
    file.seek(30 * 1024**2)
    file.write(b"x")
