"""Metrics of the CellMap challenge, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import (
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)

_PROFILE = Parameter(
    "profile",
    ParameterKind.CHOICE,
    "'clean', or 'peer-2026-06' for the numbers of the challenge's own scorer of June 2026, "
    "oddities included",
    default="clean",
    choices=("clean", "peer-2026-06"),
)
_SOURCE = "CellMap Segmentation Challenge (HHMI Janelia), scoring rules of June 2026."

CELLMAP: tuple[MetricInfo, ...] = (
    MetricInfo(
        name="cellmap_instance",
        title="CellMap instance score",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="sqrt(F1 x H): F1 = 2 TP / (2 TP + FP + FN) of connected components matched one to "
        "one with true objects; H = the mean of 1.01^(-d / diagonal of a voxel) over true objects "
        "and unmatched components, d being the Hausdorff distance, at most half the shortest side "
        "of the volume; 1 when there is no object at all",
        source=_SOURCE,
        code="cellmap.instance:instance",
        input=Input.WHOLE,
        parameters=(
            _PROFILE,
            Parameter(
                "part",
                ParameterKind.CHOICE,
                "the whole score, or one of its two factors",
                default="combined",
                choices=("combined", "f1", "hausdorff"),
            ),
            Parameter(
                "minimum_iou",
                ParameterKind.NUMBER,
                "IoU that a match must have, in the profile 'clean'; 0: any overlap will do",
                default=0.0,
                lower=0,
                upper=1,
            ),
        ),
        takes=("mask",),
        aligns=True,
        is_compiled=True,
        takes_missing=True,
        bytes_per_element=8,
    ),
    MetricInfo(
        name="cellmap_semantic",
        title="CellMap semantic score",
        family=Family.MASKS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="TP / (TP + FP + FN), in elements of the foreground, which is what lies above "
        "`threshold`; 1 when there is none at all",
        source=_SOURCE,
        code="cellmap.semantic:semantic",
        input=Input.WHOLE,
        parameters=(
            _PROFILE,
            Parameter(
                "threshold",
                ParameterKind.NUMBER,
                "value above which a predicted element is foreground, in the profile 'clean'",
                default=0.0,
            ),
        ),
        takes=("mask",),
        aligns=True,
        takes_missing=True,
    ),
)
