"""Metrics of images, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import MetricInfo

IMAGES: tuple[MetricInfo, ...] = ()
