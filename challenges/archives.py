"""Unpacks the ZIP file of a challenge folder, by the strict reader that uploads go through too."""

import sys
from pathlib import Path

from challenges.errors import ArchiveRefused
from evaluator.inside.archives import read_listing
from evaluator.inside.archives import unpack as write_files
from evaluator.inside.errors import UploadRefused

MAIN = "challenge.yaml"


def unpack(archive: Path, target: Path, *, limit_bytes: int) -> Path:
    """Write an archive's files below `target` and return the folder that holds `challenge.yaml`.

    One folder around all of them is fine. Raises: ArchiveRefused.
    """
    try:
        listing = read_listing(archive, limit_bytes=sys.maxsize)
        if listing.plain_bytes > limit_bytes:
            raise ArchiveRefused(
                f"Unpacked, it takes {listing.plain_bytes} bytes; this site takes {limit_bytes}."
            )
        write_files(archive, listing, target, lambda name: name)
    except UploadRefused as error:
        raise ArchiveRefused(str(error)) from error
    around = {name.partition("/")[0] for name in listing.files}
    is_wrapped = MAIN not in listing.files and len(around) == 1
    return target / around.pop() if is_wrapped else target
