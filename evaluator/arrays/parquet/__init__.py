"""Parquet tables: pyarrow decodes, after each page of the columns that are read was looked at.

A page states how large it becomes; pyarrow believes it, so that we look before. Texts are kept as
numbers into their dictionary until their size is known. Source: Apache Parquet format 2.12.
"""
