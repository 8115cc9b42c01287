"""What a scorer wrote beside its scores, kept in the blob store: pictures and files.

All of it is untrusted: a picture may have been written by the bytes of an upload, a file by a
program that they have fooled. What does not fit is left out; it never costs a score.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from evaluator import strictjson
from evaluator.blobs import LocalBlobs
from evaluator.codes import Status
from evaluator.host.reports import plain
from evaluator.jobs import MIB
from evaluator.outcomes import Artifact, ArtifactKind, Outcome
from evaluator.pictures import FOLDER, MAX_PICTURE_BYTES, PictureFacts, picture_name
from evaluator.results import MAX_BYTES, ResultInvalid, read_result
from evaluator.sandbox.base import Listing

MAX_FILE_BYTES = 5 * MIB
MAX_JSON_DEPTH = 100

KINDS = {
    ".png": ArtifactKind.PNG,
    ".jpg": ArtifactKind.JPEG,
    ".jpeg": ArtifactKind.JPEG,
    ".csv": ArtifactKind.CSV,
    ".json": ArtifactKind.JSON,
    ".txt": ArtifactKind.TEXT,
}
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


class _LeftOut(Exception):
    """A file is not kept; the text says why, after its name."""


def with_pictures(
    outcome: Outcome,
    facts: Sequence[PictureFacts],
    *,
    cases: Sequence[str],
    output: Path,
    blobs: LocalBlobs,
) -> Outcome:
    """Return a scored outcome with the pictures of the cases that were asked for."""
    if outcome.status is not Status.SCORED:
        return outcome
    by_number = {fact.number: fact for fact in facts if fact.number < len(cases)}
    artifacts = []
    for number, fact in sorted(by_number.items()):
        path = output / FOLDER / picture_name(number)
        try:
            content, kind = _read(path, MAX_PICTURE_BYTES)
        except _LeftOut:
            continue
        digest, size = blobs.put([content])
        artifacts.append(
            Artifact(
                name=f"{cases[number]}.png",
                kind=kind,
                size=size,
                sha256=digest,
                case=cases[number],
                words=fact.words(),
            )
        )
    return outcome.model_copy(update={"artifacts": tuple(artifacts)})


def listing() -> Listing:
    """Return how a sandbox finds the files that a program wants kept."""
    return Listing(path="result.json", max_bytes=MAX_BYTES, names=_names)


def with_files(outcome: Outcome, *, output: Path, blobs: LocalBlobs) -> tuple[Outcome, str]:
    """Return a scored outcome with the files that its result names, and lines for the log."""
    if outcome.status is not Status.SCORED:
        return outcome, ""
    artifacts, log = [], ""
    for name in _names((output / "result.json").read_bytes()):
        try:
            content, kind = _read(output / name, MAX_FILE_BYTES)
        except _LeftOut as error:
            log += f"--- artifact {plain(name)} is not kept: {error}\n"
            continue
        digest, size = blobs.put([content])
        artifacts.append(Artifact(name=name, kind=kind, size=size, sha256=digest))
    return outcome.model_copy(update={"artifacts": tuple(artifacts)}), log


def _names(content: bytes) -> tuple[str, ...]:
    try:
        return read_result(content, ()).artifacts
    except ResultInvalid:  # told when the scores are read
        return ()


def _read(path: Path, limit_bytes: int) -> tuple[bytes, ArtifactKind]:
    """Return what a collected file holds, and its kind. Raises: _LeftOut."""
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise _LeftOut(f"only {', '.join(KINDS)} are taken")
    if not path.is_file():
        raise _LeftOut("there is no such file")
    with path.open("rb") as file:
        content = file.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise _LeftOut(f"it is larger than {limit_bytes} bytes")
    if not _is_what_it_says(content, kind):
        raise _LeftOut(f"its content is not {kind}")
    return content, kind


def _is_what_it_says(content: bytes, kind: ArtifactKind) -> bool:
    match kind:
        case ArtifactKind.PNG:
            return content.startswith(_PNG)
        case ArtifactKind.JPEG:
            return content.startswith(_JPEG)
        case ArtifactKind.JSON:
            return _is_json(content)
        case ArtifactKind.CSV | ArtifactKind.TEXT:
            return _is_text(content)
        case _ as never:
            assert_never(never)


def _is_json(content: bytes) -> bool:
    try:
        strictjson.parse(content, max_bytes=MAX_FILE_BYTES, max_depth=MAX_JSON_DEPTH)
    except strictjson.JsonInvalid:
        return False
    return True


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text)
