"""Metrics of fields, as people and `challenge.yaml` see them."""

from dataclasses import replace

from evaluator.metrics.catalogue.info import (
    AGGREGATES_OF_SCORES,
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.metrics.catalogue.parameters import CHANCE, WORST
from evaluator.plans import ExtraAxis

AREA = Parameter(
    "weights",
    ParameterKind.CHOICE,
    "what an element counts by, the last two axes being latitude and longitude: the cosine of its "
    "latitude, or the area of its cell; either with mean 1",
    default="cosine",
    choices=("cosine", "cells"),
)
AREA_OR_NONE = Parameter(
    "weights",
    ParameterKind.CHOICE,
    "what an element counts by: all alike, or the cosine of its latitude, or the area of its cell, "
    "the last two axes being latitude and longitude; with mean 1",
    default="none",
    choices=("none", "cosine", "cells"),
)
GRID = Parameter(
    "grid",
    ParameterKind.CHOICE,
    "where latitudes are from: the auxiliary array `latitude` (degrees, one for each row), or the "
    "number of rows, the first and the last being the poles, or half a step away from them",
    default="auxiliary",
    choices=("auxiliary", "equal-angle-with-poles", "equal-angle-without-poles"),
)

FIELDS = (
    MetricInfo(
        name="absolute_bias",
        title="Absolute bias",
        family=Family.FIELDS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="|mean(p - t)|; pooled with a missing case, whose error has no sign, the sizes of "
        "both add up",
        source="Wilks 2019, Statistical Methods in the Atmospheric Sciences, section 9.3.",
        code="fields:absolute_bias",
        input=Input.WHOLE,
        parameters=(WORST,),
        takes=("mask",),
        takes_missing=True,
    ),
    MetricInfo(
        name="weighted_bias",
        title="Area-weighted absolute bias",
        family=Family.FIELDS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="|Σ w (p - t) / Σ w|; pooled as `absolute_bias`",
        source="Rasp et al. 2024, J. Adv. Model. Earth Syst. 16:e2023MS004019.",
        code="fields:weighted_bias",
        input=Input.WHOLE,
        parameters=(AREA, GRID, WORST),
        takes=("mask", "latitude"),
        takes_missing=True,
    ),
    MetricInfo(
        name="weighted_mae",
        title="Area-weighted mean absolute error",
        family=Family.FIELDS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="Σ w |p - t| / Σ w",
        source="Willmott and Matsuura 2005, Climate Research 30:79; weights as in weighted_rmse.",
        code="fields:weighted_mae",
        input=Input.WHOLE,
        parameters=(AREA, GRID, WORST),
        takes=("mask", "latitude"),
        takes_missing=True,
    ),
    MetricInfo(
        name="weighted_rmse",
        title="Area-weighted root mean square error",
        family=Family.FIELDS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="sqrt(Σ w (p - t)² / Σ w); w is the cosine of the latitude, or the difference of "
        "the sines of the edges of a cell, which lie half-way between rows and, outermost, half a "
        "step beyond but not beyond a pole",
        source="Rasp et al. 2020, J. Adv. Model. Earth Syst. 12:e2020MS002203 (cosine); "
        "Rasp et al. 2024, J. Adv. Model. Earth Syst. 16:e2023MS004019 (cells).",
        code="fields:weighted_rmse",
        input=Input.WHOLE,
        parameters=(AREA, GRID, WORST),
        takes=("mask", "latitude"),
        takes_missing=True,
    ),
    MetricInfo(
        name="acc",
        title="Anomaly correlation coefficient",
        family=Family.FIELDS,
        direction=Direction.HIGHER,
        lower=-1,
        upper=1,
        worst=-1,
        formula="Σ w a b / sqrt(Σ w a² Σ w b²) over all elements of a case, with a = p - c, "
        "b = t - c and the auxiliary array `climatology` c, of the shape of the truth or of its "
        "last axes; `centred` takes the weighted means off a and b",
        source="Murphy and Epstein 1989, Monthly Weather Review 117:572.",
        code="fields:acc",
        input=Input.WHOLE,
        parameters=(
            replace(AREA_OR_NONE, default="cosine"),
            GRID,
            Parameter(
                "centred",
                ParameterKind.SWITCH,
                "take the means off the anomalies first",
                default=False,
            ),
            CHANCE,
        ),
        aggregates=AGGREGATES_OF_SCORES,
        needs=("climatology",),
        takes=("mask", "latitude"),
    ),
    MetricInfo(
        name="crps_ensemble",
        title="Continuous ranked probability score",
        family=Family.FIELDS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="Σ w (mean |x_i - y| - Σ |x_i - x_j| / (2 n)) / Σ w for the members x of an "
        "ensemble and the truth y, the inner sum over all i and j; n is M² (`biased`) or "
        "M (M - 1) (`fair`); members are on the first axis of the prediction",
        source="Gneiting and Raftery 2007, JASA 102:359; fair: Ferro 2014, Q. J. R. Meteorol. "
        "Soc. 140:1917.",
        code="ensembles:crps_ensemble",
        input=Input.WHOLE,
        parameters=(
            Parameter(
                "estimator",
                ParameterKind.CHOICE,
                "the score of the members as they are, or what endless members would score",
                default="biased",
                choices=("biased", "fair"),
            ),
            AREA_OR_NONE,
            GRID,
            WORST,
        ),
        takes=("mask", "latitude"),
        extra_axis=ExtraAxis.MEMBER,
        takes_missing=True,
    ),
    MetricInfo(
        name="spread_skill_ratio",
        title="Spread-skill ratio",
        family=Family.FIELDS,
        direction=Direction.HIGHER,
        lower=0,
        upper=None,
        worst=0,
        best=1,
        formula="sqrt(mean variance of the members, with M - 1) / RMSE of the ensemble mean; 1 is "
        "best, and more is too much spread: rank by spread_skill_error",
        source="Fortin et al. 2014, J. Hydrometeorology 15:1708, without its factor for few "
        "members.",
        code="ensembles:spread_skill_ratio",
        input=Input.WHOLE,
        parameters=(AREA_OR_NONE, GRID, CHANCE),
        aggregates=AGGREGATES_OF_SCORES,
        takes=("mask", "latitude"),
        extra_axis=ExtraAxis.MEMBER,
    ),
    MetricInfo(
        name="spread_skill_error",
        title="Spread-skill error",
        family=Family.FIELDS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="|ln(spread_skill_ratio)|",
        source="Fortin et al. 2014, J. Hydrometeorology 15:1708 (the ratio).",
        code="ensembles:spread_skill_error",
        input=Input.WHOLE,
        parameters=(AREA_OR_NONE, GRID, WORST, CHANCE),
        aggregates=AGGREGATES_OF_SCORES,
        takes=("mask", "latitude"),
        extra_axis=ExtraAxis.MEMBER,
    ),
    MetricInfo(
        name="spectral_error",
        title="Log-spectral distance",
        family=Family.FIELDS,
        direction=Direction.LOWER,
        lower=0,
        upper=None,
        worst=None,
        formula="root mean square over k of 10 log10(P(k) / T(k)) in dB; P, T: mean |DFT|² over "
        "all planes of the last two axes and the frequencies whose distance from 0, times the "
        "shorter side, rounds to k = 1 ... half the shorter side; no less than `floor` times the "
        "largest T",
        source="Gray and Markel 1976, IEEE Trans. Acoust. Speech Signal Process. 24:380; rings: "
        "Errico 1985, Monthly Weather Review 113:1554.",
        code="spectra:spectral_error",
        input=Input.WHOLE,
        parameters=(
            Parameter(
                "floor",
                ParameterKind.NUMBER,
                "least power, as a share of the largest power of the truth: what lies below is "
                "rounding",
                default=1e-12,
                lower=1e-30,
                upper=1,
            ),
            WORST,
        ),
        aggregates=AGGREGATES_OF_SCORES,
    ),
)
