"""Takes memory until it is stopped."""

held = []
while True:
    held.append(bytearray(16 * 1024**2))
