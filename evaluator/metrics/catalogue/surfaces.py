"""Metrics of surfaces, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import (
    AGGREGATES_OF_SCORES,
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.metrics.catalogue.parameters import ABSENT, LABEL, WORST

# Labels of both arrays 4, a box of one label and its distances 9, the boundary itself the rest.
_BYTES = 20

_PERCENTILE = Parameter(
    "percentile", ParameterKind.NUMBER, "percentile of the distances", 95, lower=0, upper=100
)
_TOLERANCE = Parameter(
    "tolerance",
    ParameterKind.NUMBER,
    "distance that still counts as right, in the unit of the size of a voxel",
    1,
    lower=0,
    upper=1e300,
)
_ONE_SIDED = Parameter(
    "one_sided",
    ParameterKind.NUMBER,
    "distance of a label that only prediction or truth has; left out: the diagonal of the array",
    lower=0,
    upper=1e300,
)
_VOXELS = (
    "the border of a label being its voxels that share a face with another label or the outside; "
    "distances from centre to centre in the unit of the size of a voxel; voxels that the mask "
    "leaves out count as background in both"
)
_SURFELS = (
    "the surface of a label being the corners between voxels that have it and voxels that have "
    "not, each with its area by marching cubes (in planes: its length); distances from corner to "
    "corner in the unit of the size of a voxel; voxels that the mask leaves out count as "
    "background in both"
)
_BY_AREA = "Nikolov et al. 2021, J. Med. Internet Res. 23:e26151"
_METRICS_RELOADED = "Maier-Hein et al. 2024, Nature Methods 21:195"


def _distance(
    name: str, title: str, *, formula: str, source: str, parameters: tuple[Parameter, ...] = ()
) -> MetricInfo:
    """Return a metric that is a distance: from 0 up, without a worst value of its own."""
    return MetricInfo(
        name=name,
        title=title,
        family=Family.SURFACES,
        is_compiled=True,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula=formula,
        source=source,
        code=f"surfaces:{name}",
        input=Input.WHOLE,
        parameters=(LABEL, *parameters, _ONE_SIDED, ABSENT, WORST),
        aggregates=AGGREGATES_OF_SCORES,
        takes=("mask",),
        bytes_per_element=_BYTES,
    )


def _overlap(name: str, title: str, *, formula: str, source: str) -> MetricInfo:
    """Return a metric that is a share of boundary within a tolerance."""
    return MetricInfo(
        name=name,
        title=title,
        family=Family.SURFACES,
        is_compiled=True,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula=formula,
        source=source,
        code=f"surfaces:{name}",
        input=Input.WHOLE,
        parameters=(LABEL, _TOLERANCE, ABSENT),
        aggregates=AGGREGATES_OF_SCORES,
        takes=("mask",),
        bytes_per_element=_BYTES,
    )


SURFACES = (
    _distance(
        "hausdorff",
        "Hausdorff distance",
        formula=f"the largest distance of a border voxel of one side from the border of the "
        f"other, {_VOXELS}",
        source="Huttenlocher et al. 1993, IEEE TPAMI 15:850.",
    ),
    _distance(
        "hausdorff_percentile",
        "Hausdorff distance, percentile",
        formula=f"the percentile, interpolated linearly, of the distances of one side's border "
        f"voxels from the border of the other; the larger of both directions, {_VOXELS}",
        source=f"{_METRICS_RELOADED} (HD95).",
        parameters=(_PERCENTILE,),
    ),
    _distance(
        "assd",
        "Average symmetric surface distance",
        formula=f"the mean of the distances of the border voxels of both sides together from the "
        f"border of the other side, {_VOXELS}",
        source="Heimann et al. 2009, IEEE Trans. Med. Imaging 28:1251.",
    ),
    _distance(
        "masd",
        "Mean average surface distance",
        formula=f"the mean distance of one side's border voxels from the border of the other; the "
        f"mean of both directions, {_VOXELS}",
        source=f"{_METRICS_RELOADED} (MASD).",
    ),
    _overlap(
        "nsd",
        "Normalised surface Dice",
        formula=f"border voxels of both sides within the tolerance of the border of the other side "
        f"/ border voxels of both sides, {_VOXELS}; 0 for a label that only one side has; a "
        "distance counts as within when it is larger by 1e-9 of the tolerance at most",
        source=f"{_BY_AREA}, with border voxels in the place of surface elements.",
    ),
    _distance(
        "hausdorff_percentile_surfels",
        "Hausdorff distance of surfaces, percentile",
        formula=f"the smallest distance within which the percentage of one side's surface area "
        f"lies from the surface of the other; the larger of both directions, {_SURFELS}",
        source=f"{_BY_AREA}.",
        parameters=(_PERCENTILE,),
    ),
    _distance(
        "assd_surfels",
        "Average symmetric surface distance by area",
        formula=f"the mean, by area, of the distances of the surfaces of both sides together from "
        f"the surface of the other side, {_SURFELS}",
        source=f"{_BY_AREA}; both sides together as in Heimann et al. 2009, IEEE Trans. Med. "
        "Imaging 28:1251.",
    ),
    _overlap(
        "nsd_surfels",
        "Normalised surface Dice by area",
        formula=f"area of both sides within the tolerance of the surface of the other side / area "
        f"of both sides, {_SURFELS}; 0 for a label that only one side has; a distance counts as "
        "within when it is larger by 1e-9 of the tolerance at most",
        source=f"{_BY_AREA}.",
    ),
)
