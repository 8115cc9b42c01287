"""What a scorer has to do: which cases it expects, and how it turns them into numbers."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from evaluator.manifests import SafePath

MAX_CASE_NAME = 255  # characters; the column that holds it has as many
CaseName = Annotated[SafePath, Field(max_length=MAX_CASE_NAME)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Format(StrEnum):
    """How a case's prediction is stored."""

    ZARR = "zarr"
    NPY = "npy"
    CSV = "csv"
    TIFF = "tiff"


class DtypeKind(StrEnum):
    """What kind of numbers an array or column holds."""

    INTEGER = "integer"
    FLOAT = "float"
    NUMBER = "number"
    BOOL = "bool"
    TEXT = "text"


class Source(_Frozen):
    """Where an array or table lies in its tree, and how it is stored there.

    `path` may go on inside a store or an archive: `case-01.zarr/labels`, `all.npz/case-01`.
    """

    path: SafePath
    format: Format


class Case(_Frozen):
    """One unit that is scored on its own, and where its prediction and its truth lie.

    The prediction is the first of `sources` that the submission holds. For tables, `column` holds
    the values and `index` names the column that pairs the rows of prediction and truth; an array
    that stands in for a table has its rows in the order of the truth.
    """

    id: CaseName
    sources: tuple[Source, ...] = Field(min_length=1)
    truth: Source
    dtype: DtypeKind
    shape: tuple[int, ...] | None = None  # axes as stored; None: the shape of the truth
    column: str | None = None
    index: str | None = None


class Missing(StrEnum):
    """What a case without a prediction means."""

    REJECT = "reject"
    WORST = "worst"


class Aggregate(StrEnum):
    """How per-case scores become one score. POOLED: counts are added up before the formula."""

    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"
    POOLED = "pooled"


class Metric(_Frozen):
    """One metric under the key that the result file and the leaderboard know it by."""

    key: Key
    metric: str
    aggregate: Aggregate = Aggregate.MEAN
    parameters: dict[str, float | int | str | bool] = Field(default_factory=dict)


class MetricsPlan(_Frozen):
    """Score with the built-in metrics."""

    kind: Literal["metrics"] = "metrics"
    cases: tuple[Case, ...] = Field(min_length=1)
    extra_files: Literal["reject", "ignore"] = "reject"
    metrics: tuple[Metric, ...] = Field(min_length=1)
    missing: Missing = Missing.REJECT


class ProgramPlan(_Frozen):
    """Score with the organiser's program, started in `/agon/program`."""

    kind: Literal["program"] = "program"
    cases: tuple[Case, ...] = ()
    extra_files: Literal["reject", "ignore"] = "ignore"
    missing: Missing = Missing.REJECT
    layout: Literal["native"] = "native"
    image: str = "scorer"
    command: tuple[str, ...] = Field(min_length=1)
    keys: tuple[Key, ...] = Field(min_length=1)  # the scores that the result file must hold


Plan = Annotated[MetricsPlan | ProgramPlan, Field(discriminator="kind")]
