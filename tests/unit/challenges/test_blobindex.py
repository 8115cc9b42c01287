"""The index of an upload's blobs: whatever is put in is found again, and nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges.blobindex import BlobIndex, SizesDiffer

DIGESTS = st.binary(min_size=32, max_size=32)
SIZES = st.integers(0, 2**63 - 1)


@given(st.dictionaries(DIGESTS, SIZES, max_size=60), DIGESTS)
def test_each_blob_has_its_size_and_no_other_has_one(blobs: dict[bytes, int], other: bytes) -> None:
    index = BlobIndex.of((digest.hex(), size) for digest, size in blobs.items())

    assert {digest: index.size_of(digest) for digest in blobs} == blobs
    assert index.size_of(other) == blobs.get(other)
    assert dict(index) == {digest.hex(): size for digest, size in blobs.items()}
    assert [digest for digest, _ in index] == sorted(digest.hex() for digest in blobs)


def test_a_blob_of_several_files_is_there_once() -> None:
    digest = hashlib.sha256(b"rain").hexdigest()

    index = BlobIndex.of([(digest, 4), (digest, 4)])

    assert len(index) == 1
    assert len(index.data) == 40


def test_a_blob_has_one_size() -> None:
    digest = hashlib.sha256(b"rain").hexdigest()

    with pytest.raises(SizesDiffer, match=f"{digest} has 4 and 5 bytes"):
        BlobIndex.of([(digest, 4), (digest, 5)])
