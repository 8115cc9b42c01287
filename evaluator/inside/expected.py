"""Which files a plan expects in a submission."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from evaluator.inside.names import folders_above
from evaluator.plans import Case, Format, Source

_ZARR, _ZIPPED_ZARR, _PNG = ".zarr", ".zarr.zip", ".png"
_CONTAINERS = {  # files and folders that hold several arrays
    Format.ZARR: (_ZARR, _ZIPPED_ZARR),
    Format.NPY: (".npz",),
    Format.HDF5: (".h5", ".hdf5", ".hdf"),
}
_ZARR_METADATA = {"zarr.json", ".zgroup", ".zattrs", ".zmetadata"}
_SAME_SUFFIX = {".tiff": ".tif", ".hdf5": ".h5", ".hdf": ".h5"}
_PACKED_NIFTI = ".nii.gz"  # told from a plain one by its first bytes


@dataclass(frozen=True)
class Location:
    """A source split where its file or store ends: `all.npz` and `case-01`."""

    container: str
    inner: str


def location(source: Source) -> Location:
    """Return the file or store that holds `source`, and the path inside."""
    suffixes = _CONTAINERS.get(source.format, ())
    parts = source.path.split("/")
    for end in range(1, len(parts) + 1):
        if parts[end - 1].lower().endswith(suffixes):
            return Location("/".join(parts[:end]), "/".join(parts[end:]))
    return Location(source.path, "")


def is_zipped_store(container: str) -> bool:
    """True for a Zarr store in one file, which is read where it lies."""
    return container.lower().endswith(_ZIPPED_ZARR)


def is_folder(source: Source) -> bool:
    """True for a Zarr array in a folder, and for a folder of PNG slices."""
    match source.format:
        case Format.ZARR:
            return not is_zipped_store(location(source).container)
        case Format.PNG:
            return not source.path.lower().endswith(_PNG)
    return False


def suffix_of(name: str) -> str:
    """Return the last suffix of a file name in small letters, one for all of the same meaning."""
    if name.lower().endswith(_PACKED_NIFTI):
        return ".nii"
    suffix = PurePosixPath(name).suffix.lower()
    return _SAME_SUFFIX.get(suffix, suffix)


@dataclass(frozen=True)
class Expected:
    """The files and stores that any of the cases may come in."""

    cases: tuple[Case, ...]

    @cached_property
    def containers(self) -> frozenset[str]:
        """Paths of files and stores."""
        return frozenset(location(source).container for source in self._sources)

    @cached_property
    def stores(self) -> frozenset[str]:
        """Paths of stores in folders, or of arrays in a store that is the submission itself."""
        paths = {
            location(source).container for source in self._sources if source.format is Format.ZARR
        }
        return frozenset(path for path in paths if not is_zipped_store(path))

    @cached_property
    def stacks(self) -> frozenset[str]:
        """Paths of folders of PNG slices."""
        pngs = (source for source in self._sources if source.format is Format.PNG)
        return frozenset(source.path for source in pngs if is_folder(source))

    @cached_property
    def parents(self) -> frozenset[str]:
        """Every folder above a container."""
        return frozenset(folder for path in self.containers for folder in folders_above(path))

    @property
    def tops(self) -> frozenset[str]:
        """First parts of all paths."""
        return frozenset(path.partition("/")[0] for path in self.containers)

    def only(self, suffix: str) -> str | None:
        """Return the one expected file or store with this suffix, None when there are more."""
        found = [path for path in self.containers if suffix_of(path) == suffix]
        return found[0] if len(found) == 1 else None

    def holds(self, path: str) -> bool:
        """True for a file that belongs to an expected file or store."""
        if path in self.containers or not self.stores.isdisjoint(folders_above(path)):
            return True
        folder, _, name = path.rpartition("/")
        if folder in self.stacks and name.lower().endswith(_PNG):
            return True
        # Groups above an array have metadata of their own.
        is_above = not folder or folder in self.parents
        return name in _ZARR_METADATA and bool(self.stores) and is_above

    def group(self, path: str) -> str:
        """Return the file or folder that `path` is told as: the highest that nobody expects."""
        folders = reversed(folders_above(path))
        known = self.parents | self.stacks
        unexpected = [folder for folder in folders if folder not in known]
        return f"{unexpected[0]}/" if unexpected else path

    @property
    def _sources(self) -> Iterable[Source]:
        return (source for case in self.cases for source in case.sources)
