"""Names of the files in an upload: which are safe, which are rubbish, which are two for one."""

import unicodedata
from collections.abc import Iterable

from evaluator.codes import Code
from evaluator.inside.errors import UploadRefused
from evaluator.manifests import checked_path

_RUBBISH_FOLDERS = {"__MACOSX"}
_RUBBISH_FILES = {".DS_Store", "Thumbs.db"}


def is_rubbish(path: str) -> bool:
    """True for what macOS and Windows leave in folders and archives without being asked."""
    parts = path.split("/")
    return parts[0] in _RUBBISH_FOLDERS or parts[-1] in _RUBBISH_FILES or parts[-1][:2] == "._"


def safe_name(name: str) -> str:
    """Return the name of a file in Unicode form NFC, which macOS does not write.

    Raises: UploadRefused when it leads out of its folder or cannot exist on every computer.
    """
    path = unicodedata.normalize("NFC", name)
    try:
        return checked_path(path)
    except ValueError as error:
        raise UploadRefused(
            Code.ARCHIVE_UNSAFE,
            name[:200],
            f"The upload holds a file with an unsafe name: {error} Rename it and upload again.",
        ) from error


def check_distinct(paths: Iterable[str]) -> None:
    """Do nothing when no two of these safe names are one file on some computer.

    Raises: UploadRefused for a name that comes twice, alone or in capitals, and for a file that is
    another file's folder.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    known: set[str] = set()
    for path in paths:
        other = files.setdefault(path.casefold(), path)
        if other is not path:
            raise _twins(path, other)
        for folder in folders_above(path):
            if folder in known:
                continue
            known.add(folder)
            other = folders.setdefault(folder.casefold(), folder)
            if other != folder:
                raise _twins(folder, other)
    for name in files.keys() & folders.keys():
        raise _twins(files[name], folders[name] + "/")


def folders_above(path: str) -> list[str]:
    """Return every folder that holds `path`, the nearest first, without the root of all."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[:end]) for end in range(len(parts), 0, -1)]


def top_folder(paths: Iterable[str]) -> str | None:
    """Return the one folder that holds all of `paths`, None when there is none."""
    tops = {path.partition("/")[0] if "/" in path else None for path in paths}
    return tops.pop() if len(tops) == 1 else None


def _twins(path: str, other: str) -> UploadRefused:
    return UploadRefused(
        Code.ARCHIVE_UNSAFE,
        path,
        f"The upload holds {path[:100]!a} and {other[:100]!a}, which are one name on "
        "some computers; keep one of the two.",
    )
