"""Metrics of objects, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import (
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.metrics.catalogue.parameters import ABSENT

INSTANCES = (
    MetricInfo(
        name="object_f1",
        title="Object F1",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="2 TP / (2 TP + FP + FN); a true object is found (TP) when one predicted object "
        "has an IoU with it above `threshold`; 0 is background",
        source="Caicedo et al. 2019, Nature Methods 16:1247; matches above 0.5 are unique: "
        "Kirillov et al. 2019, CVPR, section 4.1.",
        code="instances:object_f1",
        input=Input.PAIRS,
        parameters=(
            Parameter(
                "threshold",
                ParameterKind.NUMBER,
                "IoU that a match must exceed",
                default=0.5,
                lower=0.5,
                upper=0.999,
            ),
            ABSENT,
        ),
    ),
)
