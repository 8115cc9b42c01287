"""The cases of a submission as its page shows them: a table in pages, plots, histograms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from web.histograms import Histogram, histogram
from web.plots import Plot, case_plot
from web.scores import Titled

ROWS = 50
MAX_PLOTS = 6
# A score that no board shows has a column when at least one in so many cases has it. Where each
# class has scores of its own, a table of all of them would be wide and nearly empty.
ONE_IN = 10

Case = tuple[str, Mapping[str, float]]


@dataclass(frozen=True)
class CaseTable:
    """The scores of the cases: one page of the table; the plots are of all cases."""

    columns: tuple[Titled, ...]
    page: "Page[Case]"
    left_out: int  # scores that only the file has
    plots: tuple[Plot, ...]
    histograms: tuple[Histogram, ...]


def case_table(cases: Sequence[Case], keys: Sequence[Titled], page: str | None) -> CaseTable | None:
    """Return what the page shows of the cases; None where there are none.

    `keys` are all scores of the cases, in order; `page` is the page that was asked for, whatever
    it is.
    """
    if not cases:
        return None
    counts = Counter(key for _, scores in cases for key in scores)
    columns = tuple(
        key for key in keys if key.column is not None or counts[key.key] * ONE_IN >= len(cases)
    )
    return CaseTable(
        columns=columns,
        page=Paginator(cases, ROWS).get_page(page),
        left_out=len(keys) - len(columns),
        plots=tuple(_plots(cases, columns[:MAX_PLOTS])),
        histograms=tuple(_histograms(cases, columns[:MAX_PLOTS])),
    )


def _plots(cases: Sequence[Case], keys: Sequence[Titled]) -> list[Plot]:
    plots = []
    for key in keys:
        values = [(case, scores[key.key]) for case, scores in cases if key.key in scores]
        if len(values) > 1:  # one dot alone says no more than its number
            plots.append(case_plot(key.key, values, key.column, key.title))
    return plots


def _histograms(cases: Sequence[Case], keys: Sequence[Titled]) -> list[Histogram]:
    drawn = []
    for key in keys:
        values = [scores[key.key] for _, scores in cases if key.key in scores]
        drawn.append(histogram(key.key, values, key.title))
    return [found for found in drawn if found is not None]
