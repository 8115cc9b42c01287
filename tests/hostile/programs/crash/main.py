"""Touches memory that is not there; no core may be left."""

import ctypes

ctypes.string_at(0)
