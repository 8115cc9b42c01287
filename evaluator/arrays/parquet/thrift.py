"""Structures in Thrift's compact protocol, read as far as headers of pages need.

Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from collections.abc import Mapping
from typing import Union

Struct = Mapping[int, Union[int, "Struct"]]  # by number of the field

_MAX_DEPTH = 8
_MAX_SHIFT = 63


class ThriftInvalid(ValueError):
    """Bytes that are no structure of such fields, or do not hold all of it."""


class ThriftReader:
    """Reads structures of numbers, texts and structures from `data`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def struct(self, depth: int = 0) -> Struct:
        """Return the fields of the next structure but its texts. Raises: ThriftInvalid."""
        if depth > _MAX_DEPTH:
            raise ThriftInvalid
        fields: dict[int, int | Struct] = {}
        number = 0
        while head := self._byte():
            number = number + (head >> 4) if head >> 4 else self._signed()
            value = self._value(head & 15, depth)
            if value is not None:
                fields[number] = value
        return fields

    def _value(self, kind: int, depth: int) -> "int | Struct | None":
        match kind:
            case 1 | 2:  # true, false
                return 2 - kind
            case 3:
                return self._byte()
            case 4 | 5 | 6:  # of 16, 32 and 64 bits
                return self._signed()
            case 7:
                self.position += 8  # a float
            case 8:
                length = self._varint()  # of a text
                self.position += length
            case 12:
                return self.struct(depth + 1)
            case _:
                raise ThriftInvalid
        return None

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
