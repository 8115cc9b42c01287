"""Metrics of regions, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import Direction, Family, Input, MetricInfo
from evaluator.metrics.catalogue.parameters import ABSENT, LABEL

MASKS = (
    MetricInfo(
        name="dice",
        title="Dice",
        family=Family.MASKS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="2 TP / (2 TP + FP + FN), in elements",
        source="Dice 1945, Ecology 26:297.",
        code="masks:dice",
        input=Input.PAIRS,
        parameters=(LABEL, ABSENT),
    ),
    MetricInfo(
        name="iou",
        title="Intersection over union",
        family=Family.MASKS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="TP / (TP + FP + FN), in elements",
        source="Everingham et al. 2010, IJCV 88:303, segmentation accuracy.",
        code="masks:iou",
        input=Input.PAIRS,
        parameters=(LABEL, ABSENT),
    ),
)
