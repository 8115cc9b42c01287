"""Manifests: safe paths, each once, however the texts came into memory."""

import json

import pytest
from pydantic import ValidationError

from evaluator.manifests import FileEntry, Manifest

DIGEST = "0" * 64


@pytest.mark.parametrize("path", ["c/0", "a" * 100])
def test_a_path_that_is_there_twice_is_refused(path: str) -> None:
    twin = path[:1] + path[1:]
    entries = [FileEntry(path=p, size=1, sha256=DIGEST) for p in (path, twin)]
    text = json.dumps({"files": [entry.model_dump() for entry in entries]})

    with pytest.raises(ValidationError, match="one name on some computers"):
        Manifest(files=tuple(entries))
    with pytest.raises(ValidationError, match="one name on some computers"):
        Manifest.model_validate_json(text)


def test_two_spellings_of_a_path_are_refused() -> None:
    entries = tuple(FileEntry(path=p, size=1, sha256=DIGEST) for p in ("C/0", "c/0"))

    with pytest.raises(ValidationError, match="'C/0' and 'c/0'"):
        Manifest(files=entries)
