"""From what was uploaded, one archive, one file or a folder, to the tree of a submission."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from evaluator.codes import Code
from evaluator.inside.archives import read_listing, unpack
from evaluator.inside.errors import UploadRefused
from evaluator.inside.expected import Expected, is_zipped_store, suffix_of
from evaluator.inside.names import check_distinct, is_rubbish, safe_name, top_folder
from evaluator.inside.places import Places
from evaluator.inside.trees import Tree, walk
from evaluator.zips.directory import file_names, is_zip

_ZARR = ".zarr"
_ZARR_ROOTS = {"zarr.json", ".zgroup", ".zarray"}

# First bytes of archives that people send in place of a ZIP file.
_OTHER_ARCHIVES = {
    b"\x1f\x8b": "a gzip file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\xfd7zXZ\x00": "an xz file",
    b"BZh91AY&SY": "a bzip2 file",
    b"\x28\xb5\x2f\xfd": "a zstd file",
}
_TAR = slice(257, 262), b"ustar"


@dataclass(frozen=True)
class Submission:
    """The tree that is checked; `top` is the folder of the upload that it begins in."""

    tree: Tree
    top: str = ""


def take_in(places: Places, expected: Expected, *, limit_bytes: int) -> Submission:
    """Return the submission; an archive is unpacked, everything else stays where it is.

    Raises: UploadRefused.
    """
    found = sorted(walk(places.upload))
    if len(found) == 1 and "/" not in found[0]:
        return _take_file(places, found[0], expected, limit_bytes)
    return take_folder(places.upload, found, expected)


def _take_file(places: Places, name: str, expected: Expected, limit_bytes: int) -> Submission:
    path = places.upload / name
    with path.open("rb") as file:
        start = file.read(512)
    named = safe_name(name)
    wanted = named if named in expected.containers else expected.only(suffix_of(named)) or named
    if is_zip(start) and suffix_of(name) != ".npz" and not _is_store(path, wanted, expected):
        return _take_archive(places, name, expected, limit_bytes)
    _check_no_archive(start, name)
    names = {} if wanted == name else {wanted: name}
    return Submission(Tree(places.upload, frozenset({wanted}), names))


def _is_store(path: Path, wanted: str, expected: Expected) -> bool:
    """True for a store in one file that is the whole upload, not an archive around such stores."""
    if not is_zipped_store(wanted) or wanted not in expected.containers:
        return False
    names = file_names(path)
    return names is not None and not any(is_zipped_store(name) for name in names)


def _check_no_archive(start: bytes, name: str) -> None:
    if suffix_of(name) == ".nii":
        return  # most are gzipped
    kinds = [kind for magic, kind in _OTHER_ARCHIVES.items() if start.startswith(magic)]
    if start[_TAR[0]] == _TAR[1]:
        kinds.append("a tar archive")
    if not kinds and suffix_of(name) == ".zip" and not is_zip(start):
        kinds.append("no ZIP file, whatever its name says, or cut off")
    if kinds:
        raise UploadRefused(
            Code.ARCHIVE_INVALID,
            name[:200],
            f"The upload {name[:100]!a} is {kinds[0]}; pack your files as .zip and upload that.",
        )


def _take_archive(places: Places, name: str, expected: Expected, limit_bytes: int) -> Submission:
    archive = places.upload / name
    listing = read_listing(archive, limit_bytes=limit_bytes)
    sizes = unpack(archive, listing, places.submission, _renaming(name, listing.files, expected))
    return Submission(Tree(places.submission, frozenset(sizes)))


def _renaming(name: str, paths: Collection[str], expected: Expected) -> Callable[[str], str]:
    """Return what turns a name of the archive into a path of the submission."""
    is_store = not _ZARR_ROOTS.isdisjoint(paths) and not _is_root_expected(expected)
    store = _store_name(name, expected) if is_store else None
    if store is not None:
        return lambda path: f"{store}/{path}"
    top = _needless_top(paths, expected)
    return lambda path: path.removeprefix(f"{top}/") if top else path


def _is_root_expected(expected: Expected) -> bool:
    """True when the submission itself is the store: its arrays are expected without one."""
    return any(not path.lower().endswith(_ZARR) for path in expected.stores)


def _store_name(name: str, expected: Expected) -> str | None:
    """Return the name of a store that was packed without its folder, as in `NAME.zarr.zip`.

    None when neither its name nor the plan speaks of a store.
    """
    stem = safe_name(name).removesuffix(".zip").removesuffix(".ZIP")
    if stem in expected.containers:
        return stem
    return expected.only(_ZARR) or (stem if stem.lower().endswith(_ZARR) else None)


def _needless_top(paths: Collection[str], expected: Expected) -> str | None:
    """Return the one folder around everything, unless it is part of what is expected.

    Where nothing is expected by name, only the organiser's program knows whether it is needed.
    """
    top = top_folder(paths)
    if top is None or not expected.cases or top in expected.tops:
        return None
    is_misnamed_store = top.lower().endswith(_ZARR) and not _is_root_expected(expected)
    return None if is_misnamed_store else top


def take_folder(root: Path, found: Collection[str], expected: Expected) -> Submission:
    """Return the submission made of the files `found` below `root`. Raises: UploadRefused."""
    paths = [path for path in found if not is_rubbish(path)]
    check_distinct([safe_name(path) for path in paths])
    top = _needless_top(paths, expected)
    if top is None:
        return Submission(Tree(root, frozenset(paths)))
    below = frozenset(path.removeprefix(f"{top}/") for path in paths)
    return Submission(Tree(root / top, below), top)
