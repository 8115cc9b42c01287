"""NIfTI-1 and NIfTI-2 in one file, plain or gzipped: own reader, because limits belong inside it.

Elements are stored with x first; the same bytes in C order are (t,) z, y, x, and so they are shown.
Source: nifti1.h and nifti2.h, https://nifti.nimh.nih.gov.
"""
