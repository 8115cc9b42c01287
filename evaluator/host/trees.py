"""Manifests as folders: what a sandbox is shown."""

import hashlib
import os
import shutil
from pathlib import Path
from threading import Lock

from evaluator.blobs import COPY_BYTES, LocalBlobs
from evaluator.errors import InputUnavailable
from evaluator.manifests import FileEntry, Manifest

# Truth and programs are used by many runs; the newest trees of this many digests stay.
KEPT_TREES = 64


def materialise(manifest: Manifest, blobs: LocalBlobs, folder: Path) -> None:
    """Make `folder` hold the manifest's files, readable by any uid, as hard links where possible.

    Raises: InputUnavailable when a blob is missing or has another size.
    """
    folder.mkdir(mode=0o755)
    for entry in manifest.files:
        target = folder / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        source = blobs.local_path(entry.sha256)
        if source.stat().st_size != entry.size:
            raise InputUnavailable(f"Blob {entry.sha256[:12]} does not have its size.")
        try:
            target.hardlink_to(source)
        except OSError:  # another file system, or one without links
            shutil.copyfile(source, target)
            target.chmod(0o444)


class TreeCache:
    """Trees that many runs share, verified against their digests when they are made."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._root.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()

    def tree(self, manifest: Manifest, blobs: LocalBlobs) -> Path:
        """Return a folder with the manifest's files.

        Raises: InputUnavailable when a blob is missing or its bytes are not what its name says.
        """
        final = self._root / manifest.digest
        with self._lock:
            if not final.is_dir():
                self._make(manifest, blobs, final)
            os.utime(final)
            self._forget_old(keep=final)
        return final

    def _make(self, manifest: Manifest, blobs: LocalBlobs, final: Path) -> None:
        partial = final.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        materialise(manifest, blobs, partial)
        for entry in manifest.files:
            _verify(partial, entry)
        partial.replace(final)

    def _forget_old(self, keep: Path) -> None:
        trees = sorted(self._root.iterdir(), key=lambda tree: tree.stat().st_mtime)
        for tree in trees[:-KEPT_TREES]:
            if tree != keep:
                shutil.rmtree(tree, ignore_errors=True)


def _verify(folder: Path, entry: FileEntry) -> None:
    digest = hashlib.sha256()
    with (folder / entry.path).open("rb") as file:
        while chunk := file.read(COPY_BYTES):
            digest.update(chunk)
    if digest.hexdigest() != entry.sha256:
        raise InputUnavailable(f"{entry.path} has been changed in the blob store.")
