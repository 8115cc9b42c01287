"""How the scores of the cases are spread, as SVG made of plain numbers, and as a table."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from web.plots import LARGEST, MARGIN, WIDTH, Tick, axis, round_step

HEIGHT = 190
LEFT = 44
TOP = 16
BOTTOM = HEIGHT - 28
MIN_CASES = 4  # fewer say all by themselves
SHARE_BINS = 10
MAX_COUNT_TICKS = 4


@dataclass(frozen=True)
class Bar:
    """The cases with scores from one edge to the next, the last edge included."""

    x: float
    y: float
    width: float
    height: float
    range: str
    count: int


@dataclass(frozen=True)
class Histogram:
    """One score of all cases, counted in ranges of equal width."""

    key: str
    title: str
    summary: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]  # of the scores
    counts: tuple[Tick, ...]  # of the cases
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - MARGIN
    bottom: int = BOTTOM


def histogram(key: str, values: Sequence[float], title: str) -> Histogram | None:
    """Return the histogram of finite values; None for so few that it would say nothing."""
    if len(values) < MIN_CASES:
        return None
    edges = _edges(values)
    counts = _counted(values, edges)
    step = max(1, round(round_step(max(counts) / MAX_COUNT_TICKS)))
    top = step * math.ceil(max(counts) / step)
    return Histogram(
        key=key,
        title=title,
        summary=_summary(values, edges, counts, title),
        bars=tuple(_bars(edges, counts, top)),
        ticks=tuple(
            Tick(_x(n, len(counts)), BOTTOM, _text(edge))
            for n, edge in enumerate(edges)
            if n % 2 == 0
        ),
        counts=tuple(Tick(LEFT, _y(n, top), str(n)) for n in range(0, top + 1, step)),
    )


def _edges(values: Sequence[float]) -> list[float]:
    """Return round numbers around the values, an even number of ranges apart."""
    low, high, step = axis(values)
    if (low, high) == (0.0, 1.0):
        return [n / SHARE_BINS for n in range(SHARE_BINS + 1)]
    return [low + step / 2 * n for n in range(2 * round((high - low) / step) + 1)]


def _counted(values: Sequence[float], edges: Sequence[float]) -> list[int]:
    counts = [0] * (len(edges) - 1)
    width = (edges[-1] - edges[0]) / len(counts)
    for value in values:
        kept = max(-LARGEST, min(LARGEST, value))
        # A score that is written like an edge belongs to what begins there, whatever floats say.
        place = math.floor((kept - edges[0]) / width + 1e-9)
        counts[max(0, min(place, len(counts) - 1))] += 1
    return counts


def _bars(edges: Sequence[float], counts: Sequence[int], top: int) -> list[Bar]:
    bars = []
    for n, count in enumerate(counts):
        left, right, y = _x(n, len(counts)), _x(n + 1, len(counts)), _y(count, top)
        bars.append(
            Bar(
                x=round(left + 1, 2),
                y=y,
                width=round(right - left - 2, 2),
                height=round(BOTTOM - y, 2),
                range=_range(edges, n),
                count=count,
            )
        )
    return bars


def _x(number: int, count: int) -> float:
    return round(LEFT + (WIDTH - MARGIN - LEFT) * number / count, 2)


def _y(number: int, top: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * number / top, 2)


def _summary(
    values: Sequence[float], edges: Sequence[float], counts: Sequence[int], title: str
) -> str:
    """Return in words what the histogram shows, for those who do not see it."""
    most = max(range(len(counts)), key=counts.__getitem__)
    return (
        f"{title} of {len(values)} cases: the median is {_text(statistics.median_low(values))}, "
        f"and the fullest range is {_range(edges, most)} with {counts[most]}."
    )


def _range(edges: Sequence[float], number: int) -> str:
    return f"{_text(edges[number])} to {_text(edges[number + 1])}"


def _text(value: float) -> str:
    return f"{value:.6g}".replace("-", "\N{MINUS SIGN}")
