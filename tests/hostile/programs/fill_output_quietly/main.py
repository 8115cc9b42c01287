"""Fills the output folder and then ends well."""

try:
    with open("/agon/output/result.json", "wb", buffering=0) as file:
        while True:
            file.write(b"x" * 1024**2)
except OSError:
    pass
