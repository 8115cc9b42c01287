"""Metrics of rankings, as people and `challenge.yaml` see them."""

from evaluator.metrics.catalogue.info import (
    Direction,
    Family,
    Input,
    MetricInfo,
    Parameter,
    ParameterKind,
)
from evaluator.metrics.catalogue.parameters import ABSENT_OF_EACH

_QUERIES = (
    "Predictions are scores, the higher the better; a query is a row along the last axis, or what "
    "has one number in the auxiliary array `groups`"
)

RANKINGS = (
    MetricInfo(
        name="ndcg",
        title="NDCG",
        family=Family.RANKINGS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="mean over queries of DCG / largest possible DCG; DCG is Σ gain / log2(place + 1), "
        f"and items with one score get the mean of their discounts. {_QUERIES}",
        source="Järvelin and Kekäläinen 2002, ACM Trans. Inf. Syst. 20:422; exponential gains: "
        "Burges et al. 2005, ICML, 89; ties: McSherry and Najork 2008, ECIR, 414.",
        code="rankings:ndcg",
        input=Input.WHOLE,
        parameters=(
            Parameter(
                "k",
                ParameterKind.NUMBER,
                "how many places count, from the first on; left out: all",
                lower=1,
                upper=1e12,
            ),
            Parameter(
                "gains",
                ParameterKind.CHOICE,
                "the gain of an item: its relevance, or 2 to its power less 1",
                default="linear",
                choices=("linear", "exponential"),
            ),
            ABSENT_OF_EACH,
        ),
        takes=("groups",),
        takes_missing=True,
        bytes_per_element=112,
    ),
    MetricInfo(
        name="mean_average_precision",
        title="MAP",
        family=Family.RANKINGS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="mean over queries of the mean, over relevant items (truth above 0), of the share "
        f"of relevant ones among all items with that score or a higher one. {_QUERIES}",
        source="Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, "
        "section 8.4.",
        code="rankings:mean_average_precision",
        input=Input.WHOLE,
        parameters=(ABSENT_OF_EACH,),
        takes=("groups",),
        takes_missing=True,
        bytes_per_element=112,
    ),
    MetricInfo(
        name="mrr",
        title="Mean reciprocal rank",
        family=Family.RANKINGS,
        direction=Direction.HIGHER,
        lower=0,
        upper=1,
        worst=0,
        formula="mean over queries of 1 / place of the first relevant item (truth above 0); "
        f"other items with its score stand before it. {_QUERIES}",
        source="Voorhees 1999, The TREC-8 question answering track report, section 3.",
        code="rankings:mrr",
        input=Input.WHOLE,
        parameters=(ABSENT_OF_EACH,),
        takes=("groups",),
        takes_missing=True,
        bytes_per_element=112,
    ),
)
