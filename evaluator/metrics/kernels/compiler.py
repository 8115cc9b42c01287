"""The one way in which loops are compiled."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

WARM = Path("/agon/kernels")  # inside a sandbox: what was compiled before, read-only


def _unfold() -> None:
    """Put what was compiled before where the compiler looks for it, and may add to it."""
    place = os.environ.get("NUMBA_CACHE_DIR")
    if place and WARM.is_dir() and not Path(place).exists():
        shutil.copytree(WARM, place)


_unfold()
import numba  # noqa: E402  (after the cache is in place)

Function = TypeVar("Function", bound=Callable[..., Any])  # Any: each kernel has its own arguments


def kernel(function: Function) -> Function:
    """Compile `function` for the types that it is called with; division by 0 gives inf or nan."""
    return cast("Function", numba.njit(nogil=True, cache=True, error_model="numpy")(function))
