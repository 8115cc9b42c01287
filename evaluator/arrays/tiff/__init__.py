"""TIFF stacks: own reader of the plain part of the format, because limits belong inside it.

Classic TIFF and BigTIFF, pages of one size, strips or tiles, uncompressed or Deflate, with or
without horizontal differencing. Source: TIFF 6.0; the BigTIFF design; Adobe's technical note on
Deflate (compression 8).
"""
