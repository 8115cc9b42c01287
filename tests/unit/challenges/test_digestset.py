"""The set of needed digests: it never forgets one, for that would delete what is needed."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges.digestset import DigestSet


def digests(number: int, word: str) -> list[str]:
    return [hashlib.sha256(f"{word} {i}".encode()).hexdigest() for i in range(number)]


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=200))
def test_nothing_is_forgotten_however_full_it_is(added: list[bytes]) -> None:
    known = DigestSet(size_bytes=16)
    for digest in added:
        known.add(digest.hex())

    assert all(digest.hex() in known for digest in added)


def test_an_empty_set_knows_nothing() -> None:
    assert not any(digest in DigestSet(size_bytes=1024) for digest in digests(100, "stranger"))


def test_strangers_are_seldom_taken_for_known() -> None:
    known = DigestSet(size_bytes=64 * 1024)
    for digest in digests(10_000, "known"):
        known.add(digest)

    taken = sum(digest in known for digest in digests(20_000, "stranger"))

    assert taken < 20_000 * 0.0003  # (10,000 · 4 / 524,288) ⁴ is 0.00003


def test_its_size_is_a_power_of_two() -> None:
    with pytest.raises(ValueError, match="100"):
        DigestSet(size_bytes=100)
