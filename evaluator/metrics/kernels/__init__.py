"""Compiled loops: pure functions of arrays and numbers, without Python objects.

They release the GIL, so that threads of one case run side by side. Compiled code is kept between
runs; `warming` compiles all of it ahead of the first run.
"""

# Below this many elements numpy is done before the compiler has been loaded (0.4 s).
WORTH_COMPILING = 4 * 1024**2
