"""A set of files named by content: the form in which submissions, truth and programs travel."""

import hashlib
import json
import re
import unicodedata
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MAX_PATH_BYTES = 1024
MAX_FILES = 200_000
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|\ud800-\udfff]')
_NO_NAMES = frozenset({"", ".", ".."})


def checked_path(path: str) -> str:
    """Return `path` when it is relative, normalised (NFC) and stays inside its folder.

    Raises: ValueError otherwise; the text names the path and what is wrong with it.
    """
    if not path or len(path.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES:
        raise ValueError(f"{_shown(path)}: a path has 1 to {MAX_PATH_BYTES} bytes.")
    if _UNSAFE.search(path):
        raise ValueError(
            f'{_shown(path)}: control characters and \\ : * ? " < > | are not allowed.'
        )
    if not _NO_NAMES.isdisjoint(path.split("/")):
        raise ValueError(f"{_shown(path)}: the path leaves its folder or has an empty part.")
    if not unicodedata.is_normalized("NFC", path):
        raise ValueError(f"{_shown(path)}: write the name in Unicode form NFC.")
    return path


def _shown(path: str) -> str:
    return ascii(path[:80])


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
SafePath = Annotated[str, AfterValidator(checked_path)]


class FileEntry(BaseModel):
    """One file: where it lies in its tree, its size in bytes, its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: SafePath
    size: int = Field(ge=0)
    sha256: Digest


class Manifest(BaseModel):
    """The files of a tree, sorted by path; no two names that some file system takes for one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    files: tuple[FileEntry, ...] = Field(max_length=MAX_FILES)

    @model_validator(mode="after")
    def _paths_are_distinct(self) -> Self:
        seen: dict[str, str] = {}
        for entry in self.files:
            name = entry.path.casefold()
            if name in seen:
                raise ValueError(
                    f"{seen[name]!r} and {entry.path!r} are one name on some computers."
                )
            seen[name] = entry.path
        return self

    @property
    def digest(self) -> str:
        """SHA-256 over the sorted paths and digests: equal trees have equal digests."""
        rows = sorted((entry.path, entry.sha256) for entry in self.files)
        return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()

    @property
    def size_bytes(self) -> int:
        """Sum of the file sizes."""
        return sum(entry.size for entry in self.files)
