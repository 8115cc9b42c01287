"""Metrics of surfaces, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import MetricInfo

SURFACES: tuple[MetricInfo, ...] = ()
