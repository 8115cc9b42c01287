"""What the metadata of an array say beside its shape and its type of elements."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """How the axes of an array lie in the world; every part that the metadata do not tell is None.

    `voxel_size` and `origin` have one number per axis, in the unit of that axis; `origin` is the
    centre of the first element. `fault` is a sentence about metadata that should tell a part and
    are wrong: it matters to those alone who need that part.
    """

    axes: tuple[str, ...] | None = None  # names such as t, c, z, y, x
    voxel_size: tuple[float, ...] | None = None
    origin: tuple[float, ...] | None = None
    units: tuple[str | None, ...] | None = None  # as written: nanometer, micrometer, mm
    fault: str = ""


@dataclass(frozen=True)
class Layout:
    """`chunks` is the shape of what is decoded at once, None when any region costs the same.

    An array that is `in_order` is read from its start to its end; going back starts over. Reading
    keeps `held_bytes` in memory, beside chunks, until the array is released.
    """

    chunks: tuple[int, ...] | None = None
    in_order: bool = False
    held_bytes: int = 0
    frame: Frame = Frame()
