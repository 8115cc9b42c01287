"""What a scorer has to do: which cases it expects, and how it turns them into numbers."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from evaluator.manifests import SafePath

MAX_CASE_NAME = 255  # characters; the column that holds it has as many
CaseName = Annotated[SafePath, Field(max_length=MAX_CASE_NAME)]
FiniteNumber = Annotated[float, Field(allow_inf_nan=False)]
PositiveNumber = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Value = float | int | str | bool | tuple[float, ...]  # of a metric's parameter


class Format(StrEnum):
    """How a case's prediction is stored."""

    ZARR = "zarr"
    NPY = "npy"
    CSV = "csv"
    TIFF = "tiff"
    HDF5 = "hdf5"
    NIFTI = "nifti"
    PNG = "png"
    TSV = "tsv"
    PARQUET = "parquet"

    @property
    def is_table(self) -> bool:
        """True for what is read by column, not by block."""
        return self in {Format.CSV, Format.TSV, Format.PARQUET}


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


class ExtraAxis(StrEnum):
    """The axis that a prediction has and its truth has not."""

    CLASS = "class"  # the last one: a probability for each class
    MEMBER = "member"  # the first one: the members of an ensemble


class NanPolicy(StrEnum):
    """What NaN in the truth means; in a prediction it is refused wherever it would be scored."""

    REJECT = "reject"  # the truth is damaged
    MASK = "mask"  # there is no truth at that place: it is not scored


class Align(_Frozen):
    """Bring a prediction to the truth by physical coordinates: crop, pad, resample nearest.

    `voxel_size` and `origin` (the centre of the first element) are those of the truth, along each
    of its axes, in the unit that predictions are stored in; None: what the truth's metadata say.
    A prediction that says nothing of its own must have the shape of the truth. `fill` stands where
    it does not reach. With `by: metric`, the metrics do it in their own way.
    """

    by: Literal["platform", "metric"] = "platform"
    voxel_size: tuple[PositiveNumber, ...] | None = None
    origin: tuple[FiniteNumber, ...] | None = None
    fill: FiniteNumber = 0
    max_scale: float = Field(default=64, ge=1)  # elements of a prediction per element of the truth

    @property
    def is_whole(self) -> bool:
        """True when it tells all there is to know about the grid of the truth."""
        return self.voxel_size is not None and self.origin is not None


class Case(_Frozen):
    """One unit that is scored on its own, and where its prediction and its truth lie.

    The prediction is the first of `sources` that the submission holds. For tables, `column` holds
    the values (`columns` several of them, one for each class or member) and `index` names the
    column that pairs the rows of prediction and truth; an array that stands in for a table has its
    rows in the order of the truth. `extra_axis` is the axis that predictions have and the truth
    has not, which the metrics ask for, and `extra` its length; None: any. `auxiliary` names
    further arrays of the truth (of a table: its columns): a mask, a climatology, groups.
    """

    id: CaseName
    sources: tuple[Source, ...] = Field(min_length=1)
    truth: Source
    dtype: DtypeKind
    shape: tuple[int, ...] | None = None  # axes as stored; None: the shape of the truth
    column: str | None = None
    index: str | None = None
    columns: tuple[str, ...] = ()
    extra_axis: ExtraAxis | None = None
    extra: int | None = None
    auxiliary: dict[str, Source | str] = Field(default_factory=dict)
    nan: NanPolicy = NanPolicy.REJECT
    voxel_size: tuple[PositiveNumber, ...] | None = None  # None: what the truth's metadata say
    align: Align | None = None
    group: str = Field(default="", max_length=80)  # what its scores are brought together by


class Missing(StrEnum):
    """What a case without a prediction means."""

    REJECT = "reject"
    WORST = "worst"


class Aggregate(StrEnum):
    """How the cases become one score.

    POOLED: counts are added up before the formula. GROUPS: they are pooled within each group of
    cases, and the plain mean over groups is taken.
    """

    MEAN = "mean"
    MEDIAN = "median"
    MIN = "min"
    MAX = "max"
    POOLED = "pooled"
    GROUPS = "groups"

    @property
    def is_over_scores(self) -> bool:
        """True when it takes the scores of cases, and needs no counts."""
        return self not in {Aggregate.POOLED, Aggregate.GROUPS}


class Metric(_Frozen):
    """One metric under the key that the result file and the leaderboard know it by.

    `metric` names one of the catalogue, or `mine.py:score`, a function of the organiser's. It is
    computed for the cases of `groups`, for all when there are none.
    """

    key: Key
    metric: str
    aggregate: Aggregate = Aggregate.MEAN
    parameters: dict[str, Value] = Field(default_factory=dict)
    groups: tuple[str, ...] = ()


class Combination(_Frozen):
    """A score made of other scores of the same task, when all of them are there."""

    key: Key
    combine: Literal["mean", "geometric-mean", "min", "max"]
    of: tuple[Key, ...] = Field(min_length=1)


class MetricsPlan(_Frozen):
    """Score with the built-in metrics."""

    kind: Literal["metrics"] = "metrics"
    cases: tuple[Case, ...] = Field(min_length=1)
    extra_files: Literal["reject", "ignore"] = "reject"
    metrics: tuple[Metric, ...] = Field(min_length=1)
    combinations: tuple[Combination, ...] = ()
    missing: Missing = Missing.REJECT

    @property
    def has_code(self) -> bool:
        """True when a metric is a function of the organiser's."""
        return any(":" in metric.metric for metric in self.metrics)


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

    @property
    def has_code(self) -> bool:
        """True: the program is the organiser's."""
        return True


Plan = Annotated[MetricsPlan | ProgramPlan, Field(discriminator="kind")]
