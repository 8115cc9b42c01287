"""Metrics of cellmap, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import MetricInfo

CELLMAP: tuple[MetricInfo, ...] = ()
