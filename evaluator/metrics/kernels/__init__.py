"""Compiled loops: pure functions of arrays and numbers, without Python objects.

They release the GIL, so that threads of one case run side by side. Compiled code is kept between
runs; `warming` compiles all of it ahead of the first run.
"""
