"""Metrics of images, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import (
    AGGREGATES_OF_SCORES,
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.metrics.catalogue.parameters import WORST

DATA_RANGE = Parameter(
    "data_range",
    ParameterKind.NUMBER,
    "the largest difference that two values can have; left out: that of the truth's type, 255 for "
    "8 bits; needed where the truth holds floats",
    lower=1e-300,
    upper=1e300,
)
CHANNELS = Parameter(
    "channels",
    ParameterKind.CHOICE,
    "'last' when the last axis holds colours: each is scored on its own, and the mean counts",
    default="none",
    choices=("none", "last"),
)

IMAGES = (
    MetricInfo(
        name="psnr",
        title="Peak signal-to-noise ratio",
        family=Family.IMAGES,
        direction=Direction.HIGHER,
        lower=None,
        upper=None,
        worst=None,
        formula="10 log10(R² / mean((p - t)²)) in dB, R being `data_range`; at most `cap`, which "
        "is also the score of images that are equal",
        source="Huynh-Thu and Ghanbari 2008, Electronics Letters 44:800.",
        code="images:psnr",
        input=Input.WHOLE,
        parameters=(
            DATA_RANGE,
            Parameter(
                "cap",
                ParameterKind.NUMBER,
                "highest score in dB; where images are equal the ratio is infinite",
                default=100,
                lower=1,
                upper=10000,
            ),
            WORST,
        ),
        aggregates=AGGREGATES_OF_SCORES,
        takes=("mask",),
    ),
    MetricInfo(
        name="ssim",
        title="Structural similarity",
        family=Family.IMAGES,
        direction=Direction.HIGHER,
        lower=-1,
        upper=1,
        worst=-1,
        formula="mean over windows of (2 m_p m_t + C1)(2 c + C2) / ((m_p² + m_t² + C1)(v_p + v_t + "
        "C2)), with means m, variances v and covariance c (with n - 1) in windows of `window` "
        "elements along each axis that lie inside the image; C1 = (0.01 R)², C2 = (0.03 R)², R "
        "being `data_range`; images (y, x) and volumes (z, y, x)",
        source="Wang et al. 2004, IEEE Trans. Image Process. 13:600.",
        code="ssim:ssim",
        is_compiled=True,
        input=Input.WHOLE,
        parameters=(
            DATA_RANGE,
            Parameter(
                "window",
                ParameterKind.NUMBER,
                "elements along each side of a window, an odd number",
                default=7,
                lower=3,
                upper=63,
            ),
            Parameter(
                "gaussian_weights",
                ParameterKind.SWITCH,
                "weigh by a Gaussian of sigma 1.5 in windows of 11 elements, whatever `window` is",
                default=False,
            ),
            Parameter(
                "sample_covariance",
                ParameterKind.SWITCH,
                "variances with n - 1; false, with `gaussian_weights`: as in the paper",
                default=True,
            ),
            CHANNELS,
        ),
        aggregates=AGGREGATES_OF_SCORES,
    ),
    MetricInfo(
        name="ms_ssim",
        title="Multi-scale structural similarity",
        family=Family.IMAGES,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="product over 5 scales of (mean of (2 c + C2) / (v_p + v_t + C2)) to the power of "
        "0.0448, 0.2856, 0.3001, 0.2363, 0.1333, the last one of the mean of the whole `ssim`; a "
        "mean below 0 counts as 0; Gaussian windows of 11 elements (sigma 1.5), variances with n; "
        "from scale to scale 2 elements along each axis become their mean; at least 176 elements "
        "along each axis",
        source="Wang, Simoncelli and Bovik 2003, Asilomar Conf. Signals 37:1398.",
        code="ssim:ms_ssim",
        is_compiled=True,
        input=Input.WHOLE,
        parameters=(DATA_RANGE, CHANNELS),
        aggregates=AGGREGATES_OF_SCORES,
        bytes_per_element=24,
    ),
)
