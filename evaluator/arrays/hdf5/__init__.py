"""HDF5: the library reads metadata alone, chunks are read and decoded by code of our own.

So no filter and no plugin of the library ever runs, each decoding is bounded, and nothing that
reaches out of the file (external links, external storage, virtual datasets) is ever followed.
Source: HDF5 File Format Specification, version 4.
"""
