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
from evaluator.metrics.catalogue.partitions import PARTITIONS

_LOWEST, _HIGHEST = 0.05, 0.999
_THRESHOLD = Parameter(
    "threshold",
    ParameterKind.NUMBER,
    "IoU that a match must exceed",
    default=0.5,
    lower=_LOWEST,
    upper=_HIGHEST,
)
_UNIQUE_THRESHOLD = Parameter(
    "threshold",
    ParameterKind.NUMBER,
    "IoU that a match must exceed",
    default=0.5,
    lower=0.5,
    upper=_HIGHEST,
)
_THRESHOLDS = Parameter(
    "thresholds",
    ParameterKind.NUMBERS,
    "IoUs that a match must exceed, each in its turn",
    default=(0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
    lower=_LOWEST,
    upper=_HIGHEST,
)
_MATCHED = (
    "a true object is found (TP) when one predicted object has an IoU with it above `threshold`, "
    "and not exactly that; from 0.5 on there can be but one, below as many as possible are "
    "matched one to one; FP: other predicted objects; FN: other true ones; 0 is background"
)
_CAICEDO = "Caicedo et al. 2019, Nature Methods 16:1247"
_KIRILLOV = "Kirillov et al. 2019, CVPR"
_MATCHES = f"matches above 0.5 are unique: {_KIRILLOV}, section 4.1"

INSTANCES = (
    MetricInfo(
        name="object_f1",
        title="Object F1",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula=f"2 TP / (2 TP + FP + FN); {_MATCHED}",
        source=f"{_CAICEDO}; {_MATCHES}.",
        code="instances:object_f1",
        input=Input.PAIRS,
        parameters=(_THRESHOLD, ABSENT),
    ),
    MetricInfo(
        name="object_precision",
        title="Object precision",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula=f"TP / (TP + FP), and 0 when only the truth has objects; {_MATCHED}",
        source=f"{_CAICEDO}; {_MATCHES}.",
        code="instances:object_precision",
        input=Input.PAIRS,
        parameters=(_THRESHOLD, ABSENT),
    ),
    MetricInfo(
        name="object_recall",
        title="Object recall",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula=f"TP / (TP + FN), and 0 when only the prediction has objects; {_MATCHED}",
        source=f"{_CAICEDO}; {_MATCHES}.",
        code="instances:object_recall",
        input=Input.PAIRS,
        parameters=(_THRESHOLD, ABSENT),
    ),
    MetricInfo(
        name="ap",
        title="Average precision of objects",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="TP / (TP + FP + FN), as for objects without confidences, no area under a curve; "
        f"{_MATCHED}",
        source=f"{_CAICEDO}; Schmidt et al. 2018, MICCAI, 265; {_MATCHES}.",
        code="instances:ap",
        input=Input.PAIRS,
        parameters=(_THRESHOLD, ABSENT),
    ),
    MetricInfo(
        name="mean_ap",
        title="Mean average precision of objects",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="the plain mean of `ap`, TP / (TP + FP + FN), over `thresholds`; pooled, TP, FP "
        "and FN are added up per threshold",
        source=f"{_CAICEDO}; {_MATCHES}.",
        code="instances:mean_ap",
        input=Input.PAIRS,
        parameters=(_THRESHOLDS, ABSENT),
    ),
    MetricInfo(
        name="panoptic_quality",
        title="Panoptic quality",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="sum of the IoUs of the objects found / (TP + FP/2 + FN/2), of one class: "
        f"`segmentation_quality` times `recognition_quality`; {_MATCHED}",
        source=f"{_KIRILLOV}, section 4.",
        code="instances:panoptic_quality",
        input=Input.PAIRS,
        parameters=(_UNIQUE_THRESHOLD, ABSENT),
    ),
    MetricInfo(
        name="segmentation_quality",
        title="Segmentation quality",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="sum of the IoUs of the objects found / TP, and 0 when none of the objects there "
        f"are is found; {_MATCHED}",
        source=f"{_KIRILLOV}, section 4.",
        code="instances:segmentation_quality",
        input=Input.PAIRS,
        parameters=(_UNIQUE_THRESHOLD, ABSENT),
    ),
    MetricInfo(
        name="recognition_quality",
        title="Recognition quality",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula=f"TP / (TP + FP/2 + FN/2), the F1 of objects; {_MATCHED}",
        source=f"{_KIRILLOV}, section 4.",
        code="instances:object_f1",
        input=Input.PAIRS,
        parameters=(_UNIQUE_THRESHOLD, ABSENT),
    ),
    *PARTITIONS,
)
