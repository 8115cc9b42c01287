"""Metrics of boundaries: how far those of a label are apart in prediction and truth.

A label that only one side has is as far away as `one_sided` says, or within no tolerance.
"""

import math
from collections.abc import Callable

from evaluator.metrics.boundaries import Kind
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.errors import LabelAbsent
from evaluator.metrics.label_distances import BothWays, label_distances
from evaluator.metrics.label_volumes import diagonal
from evaluator.metrics.tallies import Settings, Single, Tally, Undefined

Formula = Callable[[BothWays], float]


def hausdorff(case: Comparison, settings: Settings) -> Tally:
    """Return the largest distance of a border voxel from the other border.

    Source: Huttenlocher et al. 1993, IEEE TPAMI 15:850.
    """
    return _distance(case, settings, Kind.VOXELS, lambda both: _percentile(both, 100))


def hausdorff_percentile(case: Comparison, settings: Settings) -> Tally:
    """Return the larger percentile of the two directions.

    Source: Maier-Hein et al. 2024, Nature Methods 21:195 (HD95).
    """
    percent = _number(settings, "percentile")
    return _distance(case, settings, Kind.VOXELS, lambda both: _percentile(both, percent))


def assd(case: Comparison, settings: Settings) -> Tally:
    """Return the mean over the border voxels of both sides together.

    Source: Heimann et al. 2009, IEEE Trans. Med. Imaging 28:1251.
    """
    return _distance(case, settings, Kind.VOXELS, _mean)


def masd(case: Comparison, settings: Settings) -> Tally:
    """Return the mean of the two directions' mean distances.

    Source: Maier-Hein et al. 2024, Nature Methods 21:195 (MASD).
    """
    return _distance(case, settings, Kind.VOXELS, _mean_of_means)


def nsd(case: Comparison, settings: Settings) -> Tally:
    """Return the share of border voxels, of both sides, within the tolerance.

    Source: Nikolov et al. 2021, J. Med. Internet Res. 23:e26151, for border voxels.
    """
    return _overlap(case, settings, Kind.VOXELS)


def hausdorff_percentile_surfels(case: Comparison, settings: Settings) -> Tally:
    """Return the larger percentile of the two directions, by area.

    Source: Nikolov et al. 2021, J. Med. Internet Res. 23:e26151.
    """
    percent = _number(settings, "percentile")
    return _distance(case, settings, Kind.SURFELS, lambda both: _percentile(both, percent))


def assd_surfels(case: Comparison, settings: Settings) -> Tally:
    """Return the mean over the surfaces of both sides together, by area.

    Source: as `assd`; areas as in Nikolov et al. 2021, J. Med. Internet Res. 23:e26151.
    """
    return _distance(case, settings, Kind.SURFELS, _mean)


def nsd_surfels(case: Comparison, settings: Settings) -> Tally:
    """Return the share of surface, of both sides, within the tolerance.

    Source: Nikolov et al. 2021, J. Med. Internet Res. 23:e26151.
    """
    return _overlap(case, settings, Kind.SURFELS)


def _percentile(both: BothWays, percent: float) -> float:
    return max(both.there.percentile(percent), both.back.percentile(percent))


def _mean(both: BothWays) -> float:
    return (both.there.total() + both.back.total()) / (both.there.size() + both.back.size())


def _mean_of_means(both: BothWays) -> float:
    there, back = both.there.total() / both.there.size(), both.back.total() / both.back.size()
    return (there + back) / 2


def _distance(case: Comparison, settings: Settings, kind: Kind, formula: Formula) -> Tally:
    declared = settings.parameters.get("one_sided")
    apart = diagonal(case) if declared is None else float(str(declared))
    return _over_labels(case, settings, kind, (formula, apart))


def _overlap(case: Comparison, settings: Settings, kind: Kind) -> Tally:
    tolerance = _number(settings, "tolerance")

    def share(both: BothWays) -> float:
        near = both.there.within(tolerance) + both.back.within(tolerance)
        return near / (both.there.size() + both.back.size())

    return _over_labels(case, settings, kind, (share, 0.0))


def _number(settings: Settings, name: str) -> float:
    return float(str(settings.parameters[name]))


def _over_labels(
    case: Comparison, settings: Settings, kind: Kind, rule: tuple[Formula, float]
) -> Tally:
    """Return the plain mean over labels: of the formula, or what a label of one side counts as."""
    formula, apart = rule
    label = settings.label
    measured = label_distances(case, kind, None if label is None else label.number)
    if not measured:
        return Undefined(LabelAbsent(None if label is None else label.name))
    values = [apart if both is None else formula(both) for both in measured.values()]
    return Single(math.fsum(values) / len(values))
