"""Names that stand in addresses."""

from typing import Annotated

from pydantic import AfterValidator, Field

# Would collide with the site's own addresses below /challenges/.
RESERVED = frozenset({"new", "edit", "api", "admin", "static"})


def _is_free(slug: str) -> str:
    if slug in RESERVED:
        raise ValueError(f"'{slug}' is an address of the site itself; choose another name")
    return slug


Slug = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60), AfterValidator(_is_free)
]
