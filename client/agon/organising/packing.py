"""A challenge's folder as one ZIP file, the same bytes for the same files."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from agon.errors import UsageWrong
from agon.uploads.walking import find_files

CONFIG = "challenge.yaml"
# What a challenge consists of; anything else in its folder stays here.
PARTS = frozenset({CONFIG, "pages", "public", "truth", "scoring", "baselines"})
PIECE_BYTES = 256 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP file can name
_PLAIN_FILE = 0o100644 << 16


def pack_folder(folder: Path, archive: Path) -> int:
    """Write the files of a challenge's folder into an archive; return how many they are.

    Raises: UsageWrong, UploadUnfit.
    """
    if not (folder / CONFIG).is_file():
        raise UsageWrong(
            f"'{folder}' is no challenge: it has no file {CONFIG}.",
            hint="Begin one with: agon challenge init FOLDER",
        )
    tree = find_files(folder)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for file in tree.files:
            if file.path.partition("/")[0] not in PARTS:
                continue
            entry = zipfile.ZipInfo(file.path, _EPOCH)
            entry.external_attr, entry.compress_type = _PLAIN_FILE, zipfile.ZIP_DEFLATED
            with Path(tree.place(file)).open("rb") as source, packed.open(entry, "w") as target:
                while piece := source.read(PIECE_BYTES):
                    target.write(piece)
        return len(packed.filelist)


class FilePieces:
    """The bytes of a file, which can be had any number of times."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                yield piece

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._path.stat().st_size
