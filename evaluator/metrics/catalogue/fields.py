"""Metrics of fields, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import MetricInfo

FIELDS: tuple[MetricInfo, ...] = ()
