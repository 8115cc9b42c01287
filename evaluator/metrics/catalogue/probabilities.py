"""Metrics of probabilities, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import MetricInfo

PROBABILITIES: tuple[MetricInfo, ...] = ()
