"""Zarr versions 2 and 3, in folders and ZIP files, arrays and images of several levels.

It is a reader of our own, because hostile stores need limits inside it.
Metadata are read strictly, codecs come from a short list, each decoding is bounded by the size
that the metadata promise, consolidated metadata are never believed, absent chunks are counted.
Source: https://zarr-specs.readthedocs.io (v2, v3 core, codecs).
"""
