"""How a task is scored: `scoring`, `resources` and `submission.cases` of `challenge.yaml`."""

from enum import StrEnum
from pathlib import PurePosixPath
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from challenges.config.patterns import expand
from challenges.config.problems import did_you_mean
from challenges.config.units import Bytes, Seconds
from evaluator.jobs import MIB, Resources
from evaluator.metrics.catalogue import CATALOGUE, info_of
from evaluator.metrics.catalogue.custom import file_of, is_custom
from evaluator.metrics.catalogue.info import MetricInfo
from evaluator.plans import (
    Aggregate,
    Align,
    Case,
    Combination,
    DtypeKind,
    ExtraAxis,
    Format,
    Key,
    Metric,
    Missing,
    NanPolicy,
    PositiveNumber,
    Source,
    Value,
)

SUFFIXES = {
    ".zarr": Format.ZARR,
    ".zarr.zip": Format.ZARR,
    ".npy": Format.NPY,
    ".npz": Format.NPY,
    ".csv": Format.CSV,
    ".tif": Format.TIFF,
    ".tiff": Format.TIFF,
    ".h5": Format.HDF5,
    ".hdf5": Format.HDF5,
    ".hdf": Format.HDF5,
    ".nii": Format.NIFTI,
    ".nii.gz": Format.NIFTI,
    ".png": Format.PNG,
    ".tsv": Format.TSV,
    ".parquet": Format.PARQUET,
}


class Strict(BaseModel):
    """Frozen, and refuses keys that it does not know: a typo never passes in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def format_of(path: str) -> Format:
    """Return the format that a path's suffixes tell; the last part that tells one counts.

    Raises: ValueError when none does.
    """
    for part in reversed(PurePosixPath(path).parts):
        suffixes = PurePosixPath(part.lower()).suffixes
        for suffix in ("".join(suffixes[-2:]), *suffixes[-1:]):
            if suffix in SUFFIXES:
                return SUFFIXES[suffix]
    raise ValueError(f"'{path}': the name does not tell the format; add 'format: zarr' or the like")


class CaseConfig(Strict):
    """One case, or many by a pattern: `{id: "case-{01..20}", path: "{id}.zarr/labels", …}`."""

    id: str
    path: str | None = None
    paths: tuple[str, ...] = ()
    format: Format | None = None
    dtype: DtypeKind
    like: Literal["truth"] = "truth"
    shape: tuple[int, ...] | None = None
    truth: str | None = None
    column: str | None = None
    index: str | None = None
    columns: tuple[str, ...] = ()
    extra: int | None = Field(default=None, ge=1)
    auxiliary: dict[Key, str] = Field(default_factory=dict)
    nan: NanPolicy = NanPolicy.REJECT
    voxel_size: tuple[PositiveNumber, ...] | None = None
    align: Align | None = None
    group: str = Field(default="", max_length=80)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.path is None) == (not self.paths):
            raise ValueError("give either 'path' or 'paths' (where several forms are taken)")
        self.expanded()
        return self

    def expanded(self) -> list[Case]:
        """Return one `Case` for each name of the pattern."""
        return [self._case(name) for name in expand(self.id)]

    def _case(self, name: str) -> Case:
        paths = [path.replace("{id}", name) for path in self.paths or (str(self.path),)]
        truth = self._truth(paths[0], name)
        return Case(
            id=name,
            sources=tuple(Source(path=p, format=self.format or format_of(p)) for p in paths),
            truth=truth,
            dtype=self.dtype,
            shape=self.shape,
            column=self.column,
            index=self.index,
            columns=self.columns,
            extra=self.extra,
            auxiliary={
                key: value if truth.format.is_table else self._beside(value.replace("{id}", name))
                for key, value in self.auxiliary.items()
            },
            nan=self.nan,
            voxel_size=self.voxel_size,
            align=self.align,
            group=self.group,
        )

    def _truth(self, first_path: str, name: str) -> Source:
        if self.truth is None:
            return Source(path=first_path, format=self.format or format_of(first_path))
        return self._beside(self.truth.replace("{id}", name))

    def _beside(self, path: str) -> Source:
        """Return a path in the truth, which may be stored in another format than predictions."""
        try:
            return Source(path=path, format=format_of(path))
        except ValueError:
            if self.format is None:
                raise
            return Source(path=path, format=self.format)


class MetricConfig(BaseModel):
    """One metric, built-in or `mine.py:score`; keys besides those here are its parameters."""

    model_config = ConfigDict(frozen=True, extra="allow")
    key: Key
    metric: str
    aggregate: Aggregate = Aggregate.MEAN
    groups: tuple[str, ...] = ()

    @field_validator("metric")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in CATALOGUE and not is_custom(name):
            raise ValueError(f"unknown metric '{name}'{did_you_mean(name, CATALOGUE)}")
        return name

    @model_validator(mode="after")
    def _parameters_are_known(self) -> Self:
        self.metric_info.check_parameters(self.parameters)
        if self.aggregate not in self.metric_info.aggregates:
            allowed = ", ".join(self.metric_info.aggregates)
            raise ValueError(f"{self.metric} has no aggregate '{self.aggregate}'; it has {allowed}")
        return self

    @property
    def metric_info(self) -> MetricInfo:
        """What is registered for the metric."""
        return info_of(self.metric, self.parameters)

    @property
    def parameters(self) -> dict[str, Value]:
        """The metric's own parameters as written."""
        extra = self.model_extra or {}
        return {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in extra.items()
        }

    @property
    def file(self) -> str | None:
        """The file in `scoring/` that holds the function, None for a built-in metric."""
        return file_of(self.metric) if is_custom(self.metric) else None

    def planned(self) -> Metric:
        """Return the metric as the evaluator takes it."""
        return Metric(
            key=self.key,
            metric=self.metric,
            aggregate=self.aggregate,
            parameters=self.parameters,
            groups=self.groups,
        )


class ArtifactsFor(StrEnum):
    """Who may see the files that a program wrote beside its scores."""

    ORGANISERS = "organisers"
    TEAM = "team"


class ProgramConfig(Strict):
    """The organiser's scoring program; `command` starts in the folder `scoring/`."""

    layout: Literal["native"] = "native"
    image: str = "scorer"
    command: tuple[str, ...] = Field(min_length=1)
    keys: tuple[Key, ...] = Field(min_length=1)
    artifacts: ArtifactsFor = ArtifactsFor.ORGANISERS


class ScoringConfig(Strict):
    """Either built-in metrics, with scores combined from theirs, or a program."""

    metrics: tuple[MetricConfig, ...] = ()
    combinations: tuple[Combination, ...] = ()
    program: ProgramConfig | None = None
    missing: Missing = Missing.REJECT

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if bool(self.metrics) == (self.program is not None):
            raise ValueError("give either 'metrics' or 'program'")
        for metric in self.metrics if self.missing is Missing.WORST else ():
            if metric.metric_info.worst_score(metric.parameters) is None:
                raise ValueError(
                    f"'missing: worst' needs to know what counts as worst for '{metric.key}'; "
                    "add the parameter 'worst' to that metric"
                )
        if len({metric.metric_info.extra_axis for metric in self.metrics}) > 1:
            raise ValueError(
                "metrics of labels, of probabilities and of ensembles want predictions of "
                "different shapes; give each kind a task of its own"
            )
        for combination in self.combinations:
            _check_known(combination, [metric.key for metric in self.metrics])
        keys = self.keys
        if len(set(keys)) != len(keys):
            raise ValueError(f"two scores have one key; the keys are {', '.join(keys)}")
        return self

    @property
    def extra_axis(self) -> ExtraAxis | None:
        """The axis that the metrics want predictions to have beside those of the truth."""
        return self.metrics[0].metric_info.extra_axis if self.metrics else None

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the scores, in the order of the file."""
        if self.program:
            return self.program.keys
        metrics = tuple(metric.key for metric in self.metrics)
        return metrics + tuple(combination.key for combination in self.combinations)


def _check_known(combination: Combination, keys: list[str]) -> None:
    for key in combination.of:
        if key not in keys:
            raise ValueError(
                f"combination '{combination.key}': there is no metric '{key}'"
                f"{did_you_mean(key, keys)}"
            )


class ResourcesConfig(Strict):
    """What one evaluation may use."""

    cpus: float = Field(default=2, gt=0, le=256)
    memory: Bytes = 4096 * MIB
    time: Seconds = 600.0
    gpus: int = Field(default=0, ge=0, le=16)
    scratch: Bytes = 4096 * MIB
    output: Bytes = 32 * MIB
    processes: int = Field(default=128, ge=8, le=4096)

    def planned(self) -> Resources:
        """Return the resources as the evaluator takes them."""
        return Resources(
            cpus=self.cpus,
            memory_bytes=self.memory,
            wall_seconds=self.time,
            gpus=self.gpus,
            processes=self.processes,
            scratch_bytes=self.scratch,
            output_bytes=self.output,
        )
