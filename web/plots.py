"""Plots of scores as SVG made of plain numbers: no script, no inline style."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from challenges.config import Column
from challenges.config.boards import Better

# Drawn small: on a phone its text must stay readable.
WIDTH = 440
LABEL_WIDTH = 124
LANE = 24
TOP = 14
AXIS = 26
MARGIN = 14
# More cases than this have no lane of their own: they are drawn in order of their scores.
MAX_LANES = 40
PROFILE_HEIGHT = 200
MAX_LABEL = 15
# Beyond these, arithmetic on the axis would overflow or vanish.
LARGEST, SMALLEST = 1e300, 1e-300


@dataclass(frozen=True)
class Dot:
    """One case: where its dot stands, and what it says."""

    x: float
    y: float
    label: str
    words: str


@dataclass(frozen=True)
class Tick:
    """One value of the axis. `x` and `y` are where its line begins."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Plot:
    """One score of all cases."""

    key: str
    title: str
    summary: str
    width: int
    height: int
    has_lanes: bool
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    left: float
    right: float
    bottom: float


def case_plot(
    key: str, cases: Sequence[tuple[str, float]], column: Column | None, title: str
) -> Plot:
    """Return the plot of one score; `cases` are names and finite values, at least one."""
    low, high, step = axis([value for _, value in cases])
    lanes = len(cases) <= MAX_LANES
    height = TOP + AXIS + (LANE * len(cases) if lanes else PROFILE_HEIGHT)
    left = LABEL_WIDTH if lanes else 56
    scale = _Scale(low, high, left, WIDTH - MARGIN, TOP, height - AXIS)
    return Plot(
        key=key,
        title=title,
        summary=_summary(cases, column, title),
        width=WIDTH,
        height=height,
        has_lanes=lanes,
        dots=tuple(_lanes(cases, scale) if lanes else _profile(cases, scale)),
        ticks=tuple(_ticks(scale, step, is_upright=not lanes)),
        left=left,
        right=WIDTH - MARGIN,
        bottom=height - AXIS,
    )


def axis(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the ends of an axis around the values and the step between its ticks."""
    kept = [max(-LARGEST, min(LARGEST, value)) for value in values]
    low, high = min(kept), max(kept)
    if low >= 0 and 0.5 < high <= 1:
        return 0.0, 1.0, 0.25  # most scores are shares: the whole range says how good they are
    span = high - low or abs(high)
    span = span if span > SMALLEST else 1.0
    step = round_step(span / 4)
    first, last = math.floor(low / step), math.ceil(high / step)
    if first == last:
        last += 1
    return first * step, last * step, step


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    left: float
    right: float
    top: float
    bottom: float

    def share(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def x(self, value: float) -> float:
        return round(self.left + self.share(value) * (self.right - self.left), 2)

    def y(self, value: float) -> float:
        return round(self.bottom - self.share(value) * (self.bottom - self.top), 2)


def round_step(rough: float) -> float:
    """Return 1, 2, 2.5 or 5 times a power of ten, not less than `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)


def _lanes(cases: Sequence[tuple[str, float]], scale: _Scale) -> list[Dot]:
    return [
        Dot(scale.x(value), TOP + LANE * (n + 0.5), _short(name), f"{name}: {value:.10g}")
        for n, (name, value) in enumerate(cases)
    ]


def _profile(cases: Sequence[tuple[str, float]], scale: _Scale) -> list[Dot]:
    ordered = sorted(cases, key=lambda case: case[1])
    gap = (scale.right - scale.left) / len(ordered)
    return [
        Dot(round(scale.left + gap * (n + 0.5), 2), scale.y(value), "", f"{name}: {value:.10g}")
        for n, (name, value) in enumerate(ordered)
    ]


def _ticks(scale: _Scale, step: float, *, is_upright: bool) -> list[Tick]:
    count = round((scale.high - scale.low) / step)
    values = [scale.low + step * n for n in range(count + 1)]
    texts = [f"{value:.6g}".replace("-", "\N{MINUS SIGN}") for value in values]
    if is_upright:
        return [Tick(scale.left, scale.y(v), text) for v, text in zip(values, texts, strict=True)]
    return [Tick(scale.x(v), scale.bottom, text) for v, text in zip(values, texts, strict=True)]


def _short(name: str) -> str:
    return name if len(name) <= MAX_LABEL else f"…{name[-MAX_LABEL + 1 :]}"


def _summary(cases: Sequence[tuple[str, float]], column: Column | None, title: str) -> str:
    """Return in words what the plot shows, for those who do not see it."""
    ordered = sorted(cases, key=lambda case: case[1])
    (low_name, low), (high_name, high) = ordered[0], ordered[-1]
    end = ""
    if column is not None:
        end = " Higher is better." if column.better is Better.HIGHER else " Lower is better."
    noun = "case" if len(cases) == 1 else "cases"
    return (
        f"{title} of {len(cases)} {noun}, from {low:.6g} ({low_name}) to {high:.6g} ({high_name})."
        f"{end}"
    )
