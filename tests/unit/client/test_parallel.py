"""Jobs are shared by threads; the first error ends them."""

from collections.abc import Iterator
from functools import partial
from threading import Barrier, get_ident

import pytest

from agon.parallel import Job, run_all


def test_every_job_is_done_once() -> None:
    done: list[int] = []

    run_all((partial(done.append, number) for number in range(100)), threads=4)

    assert sorted(done) == list(range(100))


def test_jobs_run_at_the_same_time() -> None:
    barrier, seen = Barrier(3, timeout=20), set()

    def work() -> None:
        barrier.wait()
        seen.add(get_ident())

    run_all([work] * 3, threads=3)

    assert len(seen) == 3


def test_the_first_error_is_raised_and_ends_the_rest() -> None:
    done: list[int] = []

    def jobs() -> Iterator[Job]:
        for number in range(1000):
            yield lambda: done.append(1)
            if number == 10:
                yield fail

    def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run_all(jobs(), threads=1)

    assert len(done) == 11


def test_an_error_of_whoever_makes_the_jobs_is_raised_too() -> None:
    def jobs() -> Iterator[Job]:
        yield lambda: None
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        run_all(jobs(), threads=2)


def test_no_jobs_are_no_trouble() -> None:
    run_all([], threads=4)
