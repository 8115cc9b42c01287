"""Metrics of partitions, as people and `challenge.yaml` see them."""

from dataclasses import replace

from evaluator.metrics.catalogue.info import (
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.metrics.catalogue.parameters import ABSENT, WORST

_BACKGROUND = Parameter(
    "background",
    ParameterKind.CHOICE,
    "what elements with label 0 in the truth are: 'count' scores them like any other object, "
    "'ignore_truth' leaves them out; label 0 of the prediction is an object like any other",
    default="count",
    choices=("count", "ignore_truth"),
)
_NO_BACKGROUND = replace(_BACKGROUND, default="ignore_truth")
_ENTROPY = (
    "n: elements with true label t and predicted label p; N: all elements; entropies in bits "
    "(logarithms to base 2); pooled, cases weigh by their elements, and a missing one counts as "
    "`worst` bits for each of its elements"
)
_PAIRS = (
    "sums over labels of n (n - 1), n being the elements of a label: T of the truth, P of the "
    "prediction, B of the labels of both at once"
)
_MEILA = "Meila 2007, J. Multivariate Anal. 98:873, section 3"
_NUNEZ = "Nunez-Iglesias et al. 2013, PLoS ONE 8:e71715"
_ARGANDA = "Arganda-Carreras et al. 2015, Front. Neuroanat. 9:142"

PARTITIONS = (
    MetricInfo(
        name="variation_of_information",
        title="Variation of information",
        family=Family.INSTANCES,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula=f"H(prediction | truth) + H(truth | prediction), `voi_split` + `voi_merge`; "
        f"{_ENTROPY}",
        source=f"{_MEILA}.",
        code="partitions:variation_of_information",
        input=Input.PAIRS,
        parameters=(_BACKGROUND, WORST, ABSENT),
    ),
    MetricInfo(
        name="voi_split",
        title="Variation of information, split",
        family=Family.INSTANCES,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="H(prediction | truth) = sum of n/N log2(n of t alone / n), which grows when true "
        f"objects fall into parts; {_ENTROPY}",
        source=f"{_MEILA}; the name as in {_NUNEZ}.",
        code="partitions:voi_split",
        input=Input.PAIRS,
        parameters=(_BACKGROUND, WORST, ABSENT),
    ),
    MetricInfo(
        name="voi_merge",
        title="Variation of information, merge",
        family=Family.INSTANCES,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="H(truth | prediction) = sum of n/N log2(n of p alone / n), which grows when true "
        f"objects are joined; {_ENTROPY}",
        source=f"{_MEILA}; the name as in {_NUNEZ}.",
        code="partitions:voi_merge",
        input=Input.PAIRS,
        parameters=(_BACKGROUND, WORST, ABSENT),
    ),
    MetricInfo(
        name="adapted_rand_error",
        title="Adapted Rand error",
        family=Family.INSTANCES,
        direction=Direction.LOWER,
        lower=0,
        upper=1,
        worst=1,
        formula=f"1 - 2 B / (T + P); {_PAIRS}",
        source=f"{_ARGANDA}.",
        code="partitions:adapted_rand_error",
        input=Input.PAIRS,
        parameters=(_NO_BACKGROUND, ABSENT),
    ),
    MetricInfo(
        name="arand_precision",
        title="Adapted Rand precision",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula=f"B / P, which falls when true objects are joined; 0 when only P is 0; {_PAIRS}",
        source=f"{_ARGANDA} (merge score).",
        code="partitions:arand_precision",
        input=Input.PAIRS,
        parameters=(_NO_BACKGROUND, ABSENT),
    ),
    MetricInfo(
        name="arand_recall",
        title="Adapted Rand recall",
        family=Family.INSTANCES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula=f"B / T, which falls when true objects are split; 0 when only T is 0; {_PAIRS}",
        source=f"{_ARGANDA} (split score).",
        code="partitions:arand_recall",
        input=Input.PAIRS,
        parameters=(_NO_BACKGROUND, ABSENT),
    ),
)
