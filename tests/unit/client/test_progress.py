"""How far something is: on a terminal alone, with rate and time left."""

import io

from agon.output import Output
from agon.progress import Progress, Rate, TerminalProgress


class Terminal(io.StringIO):
    """A screen."""

    def isatty(self) -> bool:
        return True


class Watch:
    """A clock that the test moves."""

    at = 0.0

    def now(self) -> float:
        return self.at


def last_line(screen: io.StringIO) -> str:
    return screen.getvalue().rpartition("\x1b[K")[2]


def test_the_line_has_amount_rate_and_time_left() -> None:
    screen, watch = Terminal(), Watch()
    progress = TerminalProgress(screen, watch.now)
    progress.begin("Sending", total=100 * 1024**2)

    watch.at = 2.0
    progress.advance(20 * 1024**2)

    assert last_line(screen).startswith("Sending [####")
    assert "20.0 MiB of 100 MiB, 10.0 MiB/s, 8 s left" in last_line(screen)


def test_it_is_written_a_few_times_a_second() -> None:
    screen, watch = Terminal(), Watch()
    progress = TerminalProgress(screen, watch.now)
    progress.begin("Sending", total=1000)

    for _ in range(1000):
        watch.at += 0.001
        progress.advance(1)

    assert 3 <= screen.getvalue().count("Sending") <= 6


def test_what_must_be_done_again_counts_back() -> None:
    screen, watch = Terminal(), Watch()
    progress = TerminalProgress(screen, watch.now)
    progress.begin("Sending", total=1000)
    progress.advance(500)

    watch.at = 5.0
    progress.advance(-200)

    assert "300 B of 1000 B" in last_line(screen).replace("0.98 KiB", "1000 B")


def test_the_end_leaves_a_clean_line() -> None:
    screen = Terminal()
    progress = TerminalProgress(screen)
    progress.say("Queued, place 3")

    progress.end()

    assert screen.getvalue().endswith("\r\x1b[K")


def test_the_rate_is_that_of_the_last_while() -> None:
    watch = Watch()
    rate = Rate(watch.now)
    for second in range(1, 31):
        watch.at = float(second)
        rate.at(second * 10)

    watch.at = 31.0

    assert rate.at(410) == (410 - 210) / 10


def test_nothing_is_told_where_nobody_looks() -> None:
    assert type(Output(err=io.StringIO()).progress()) is Progress
    assert type(Output(is_quiet=True, err=Terminal()).progress()) is Progress
    assert type(Output(is_json=True, err=Terminal()).progress()) is Progress
    assert type(Output(err=Terminal()).progress()) is TerminalProgress
