"""Metrics of rankings, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import MetricInfo

RANKINGS: tuple[MetricInfo, ...] = ()
