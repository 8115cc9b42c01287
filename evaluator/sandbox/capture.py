"""What a command said, cut to a size: the start and the end, whatever its length."""

from collections import deque


class CappedLog:
    """Takes any amount of output in constant memory; keeps a quarter of the cap from the start."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._seen = 0

    def feed(self, data: bytes) -> None:
        """Take the next piece."""
        self._seen += len(data)
        room = self._limit // 4 - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._keep_last(data)

    def _keep_last(self, data: bytes) -> None:
        self._tail.append(data)
        self._tail_bytes += len(data)
        while self._tail_bytes - len(self._tail[0]) >= self._limit:
            self._tail_bytes -= len(self._tail.popleft())

    def value(self) -> bytes:
        """Return at most the cap; where something is left out, a line says how much."""
        tail = b"".join(self._tail)
        if len(self._head) + len(tail) == self._seen <= self._limit:
            return bytes(self._head) + tail
        mark = b"\n[%d bytes in all; the middle is left out]\n" % self._seen
        room = self._limit - len(self._head) - len(mark)
        return (bytes(self._head) + mark + tail[-room:])[: self._limit]
