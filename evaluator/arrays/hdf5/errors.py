"""What can be wrong with a chunk."""


class ChunkCorrupt(ValueError):
    """Bytes that do not decode to what was promised; the text completes 'it …'."""
