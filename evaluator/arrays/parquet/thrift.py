"""Structures in Thrift's compact protocol, read as far as Parquet needs.

Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from collections.abc import Mapping
from typing import Union

Value = Union[int, "Struct", "tuple[Value, ...]"]
Struct = Mapping[int, Value]  # by number of the field

_MAX_DEPTH = 8
_MAX_SHIFT = 63


class ThriftInvalid(ValueError):
    """Bytes that are no structure of such fields, or do not hold all of it."""


class ThriftReader:
    """Reads structures from `data`: whole numbers, lists and structures; of texts the length."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def struct(self, depth: int = 0) -> Struct:
        """Return the fields of the next structure. Raises: ThriftInvalid."""
        if depth > _MAX_DEPTH:
            raise ThriftInvalid
        fields: dict[int, Value] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed()
            fields[number] = self._value(head & 15, depth)
        return fields

    def _value(self, kind: int, depth: int) -> Value:
        match kind:
            case 1 | 2:  # true, false
                return 2 - kind
            case 3:
                return self._byte()
            case 4 | 5 | 6:  # of 16, 32 and 64 bits
                return self._signed()
            case 7 | 8:  # a float, which nobody asks for, and a text
                length = 8 if kind == 7 else self._varint()
                self.position += length
                return length
            case 9:
                return self._list(depth + 1)
            case 12:
                return self.struct(depth + 1)
        raise ThriftInvalid

    def _list(self, depth: int) -> tuple[Value, ...]:
        head = self._byte()
        count = self._varint() if head >> 4 == 15 else head >> 4
        if depth > _MAX_DEPTH or count > len(self._data) - self.position:
            raise ThriftInvalid
        kind = 3 if head & 15 in {1, 2} else head & 15  # in a list, true and false take a byte
        return tuple(self._value(kind, depth) for _ in range(count))

    def _byte(self) -> int:
        if self.position >= len(self._data):
            raise ThriftInvalid
        self.position += 1
        return self._data[self.position - 1]

    def _varint(self) -> int:
        value = 0
        for shift in range(0, _MAX_SHIFT + 1, 7):
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
        raise ThriftInvalid

    def _signed(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
