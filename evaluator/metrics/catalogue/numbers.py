"""Metrics of measured values, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import Direction, Family, Input, MetricInfo
from evaluator.metrics.catalogue.parameters import WORST

NUMBERS = (
    MetricInfo(
        name="mae",
        title="Mean absolute error",
        family=Family.NUMBERS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="mean(|p - t|)",
        source="Chai and Draxler 2014, Geosci. Model Dev. 7:1247.",
        code="numbers:mae",
        input=Input.ERRORS,
        parameters=(WORST,),
    ),
    MetricInfo(
        name="rmse",
        title="Root mean square error",
        family=Family.NUMBERS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="sqrt(mean((p - t)²))",
        source="Chai and Draxler 2014, Geosci. Model Dev. 7:1247.",
        code="numbers:rmse",
        input=Input.ERRORS,
        parameters=(WORST,),
    ),
)
