import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from evaluator.sandbox.capture import CappedLog


@given(st.lists(st.binary(max_size=50)), st.integers(min_value=1024, max_value=2048))
def test_what_fits_is_kept_as_it_came(pieces: list[bytes], limit: int) -> None:
    log = CappedLog(limit)
    said = b"".join(pieces)[:limit]

    log.feed(said[:10])
    log.feed(said[10:])

    assert log.value() == said


@given(st.lists(st.binary(min_size=1, max_size=700), min_size=4, max_size=30))
def test_no_log_is_longer_than_its_cap(pieces: list[bytes]) -> None:
    log = CappedLog(1024)

    for piece in pieces:
        log.feed(piece)

    assert len(log.value()) <= 1024


def test_a_long_log_keeps_its_start_and_end_and_says_how_long_it_was() -> None:
    log = CappedLog(1024)

    log.feed(b"start ")
    for _ in range(100):
        log.feed(b"x" * 100)
    log.feed(b" end")

    value = log.value()
    assert value.startswith(b"start ")
    assert value.endswith(b" end")
    assert b"10010 bytes in all" in value
    assert len(value) == 1024


def test_a_flood_costs_no_memory() -> None:
    log = CappedLog(64 * 1024)
    piece = bytes(256 * 1024)

    tracemalloc.start()
    for _ in range(1000):
        log.feed(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1024**2
