"""Every built-in metric by its name: data alone, which loads without numpy."""

from collections.abc import Mapping
from types import MappingProxyType

from evaluator.metrics.catalogue.cellmap import CELLMAP
from evaluator.metrics.catalogue.custom import custom_info, is_custom
from evaluator.metrics.catalogue.fields import FIELDS
from evaluator.metrics.catalogue.images import IMAGES
from evaluator.metrics.catalogue.info import MetricInfo, did_you_mean
from evaluator.metrics.catalogue.instances import INSTANCES
from evaluator.metrics.catalogue.labels import LABELS
from evaluator.metrics.catalogue.masks import MASKS
from evaluator.metrics.catalogue.numbers import NUMBERS
from evaluator.metrics.catalogue.probabilities import PROBABILITIES
from evaluator.metrics.catalogue.rankings import RANKINGS
from evaluator.metrics.catalogue.surfaces import SURFACES
from evaluator.plans import Value

BUILT_IN = (
    *LABELS,
    *PROBABILITIES,
    *RANKINGS,
    *NUMBERS,
    *MASKS,
    *SURFACES,
    *INSTANCES,
    *CELLMAP,
    *IMAGES,
    *FIELDS,
)
CATALOGUE: Mapping[str, MetricInfo] = MappingProxyType({info.name: info for info in BUILT_IN})


def info_of(name: str, given: Mapping[str, Value]) -> MetricInfo:
    """Return the metric called `name`, built-in or an organiser's `mine.py:score`.

    `given` are its parameters. Raises: ValueError naming the nearest one, or what is missing.
    """
    return custom_info(name, given) if is_custom(name) else find(name)


def find(name: str) -> MetricInfo:
    """Return the metric called `name`. Raises: ValueError naming the nearest one."""
    if name not in CATALOGUE:
        raise ValueError(f"unknown metric '{name}'{did_you_mean(name, CATALOGUE)}")
    return CATALOGUE[name]
