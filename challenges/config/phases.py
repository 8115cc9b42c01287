"""Phases, their limits and their tasks as `challenge.yaml` declares them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from challenges.config.boards import Board, Column
from challenges.config.problems import did_you_mean
from challenges.config.scoring import (
    CaseConfig,
    MetricConfig,
    ResourcesConfig,
    ScoringConfig,
    Strict,
)
from challenges.config.slugs import Slug
from challenges.config.units import Bytes, Time
from evaluator.jobs import MIB
from evaluator.manifests import SafePath
from evaluator.plans import Case, DtypeKind, MetricsPlan, Plan, ProgramPlan


class Limits(Strict):
    """What a team may hand in. Days are UTC days."""

    per_day: int = Field(default=5, ge=1)
    total: int = Field(default=1000, ge=1)
    in_flight: int = Field(default=2, ge=1)
    upload: Bytes = 2048 * MIB
    counts_rejected: bool = False


class SubmissionConfig(Strict):
    """What a submission is."""

    kind: Literal["predictions"] = "predictions"
    cases: tuple[CaseConfig, ...] = ()
    extra_files: Literal["reject", "ignore"] | None = None


class Pictures(StrEnum):
    """Of which cases a team sees pictures, which show the ground truth."""

    NONE = "none"
    PUBLIC = "public"  # those whose scores every board shows while the phase is open
    ALL = "all"


class TaskConfig(Strict):
    """One thing that an upload is scored on: cases, truth, scoring."""

    slug: Slug = "main"
    title: str = Field(default="", max_length=80)
    cases: tuple[CaseConfig, ...] = ()
    truth: SafePath = "truth"
    scoring: ScoringConfig
    resources: ResourcesConfig = ResourcesConfig()
    pictures: Pictures = Pictures.NONE

    def expanded_cases(self) -> tuple[Case, ...]:
        """Return the cases with their patterns written out."""
        return self._expanded

    @cached_property
    def _expanded(self) -> tuple[Case, ...]:
        # Each metric asks for them again: with a hundred of both that would take seconds.
        return tuple(case for config in self.cases for case in config.expanded())

    @model_validator(mode="after")
    def _cases_are_distinct(self) -> Self:
        names = [case.id for case in self.expanded_cases()]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"two cases are named '{doubled[0]}'")
        if self.scoring.metrics and not names:
            raise ValueError("built-in metrics need 'cases': what must be in the upload")
        if self.scoring.extra_axis is None and any(c.column and c.columns for c in self.cases):
            raise ValueError("give either 'column' or 'columns' (where a row has several values)")
        for metric in self.scoring.metrics:
            self._check_metric(metric)
        if self.pictures is not Pictures.NONE:
            self._check_pictures()
        return self

    def _check_pictures(self) -> None:
        if self.scoring.program is not None:
            raise ValueError(
                "'pictures' are drawn with built-in metrics only; let the program write its own "
                "and name them in the artifacts of its result"
            )
        if all(case.truth.format.is_table for case in self.expanded_cases()):
            raise ValueError("'pictures' need cases that are arrays; tables have none")

    def _check_metric(self, metric: MetricConfig) -> None:
        cases = self.expanded_cases()
        _check_labels(metric, cases)
        groups = {case.group for case in cases}
        for group in set(metric.groups) - groups:
            raise ValueError(
                f"metric '{metric.key}': no case has the group '{group}'"
                f"{did_you_mean(group, groups)}"
            )
        aligning = [case for case in cases if case.align and case.align.by == "metric"]
        if aligning and not metric.metric_info.aligns:
            raise ValueError(
                f"metric '{metric.key}': case '{aligning[0].id}' says 'align: {{by: metric}}', and "
                f"{metric.metric} cannot; leave 'by' out"
            )
        for case in cases:
            lacking = set(metric.metric_info.needs) - case.auxiliary.keys()
            if lacking and (not metric.groups or case.group in metric.groups):
                raise ValueError(
                    f"metric '{metric.key}': case '{case.id}' lacks 'auxiliary: "
                    f"{{{min(lacking)}: …}}', which {metric.metric} needs"
                )

    def plan(self, extra_files: Literal["reject", "ignore"] | None) -> Plan:
        """Return what the evaluator is to do."""
        if self.scoring.program is None:
            axis = self.scoring.extra_axis
            cases = tuple(
                case.model_copy(update={"extra_axis": axis}) for case in self.expanded_cases()
            )
            return MetricsPlan(
                cases=cases,
                metrics=tuple(metric.planned() for metric in self.scoring.metrics),
                combinations=self.scoring.combinations,
                missing=self.scoring.missing,
                extra_files=extra_files or "reject",
            )
        cases = self.expanded_cases()
        return ProgramPlan(
            cases=cases,
            image=self.scoring.program.image,
            command=self.scoring.program.command,
            keys=self.scoring.program.keys,
            missing=self.scoring.missing,
            extra_files=extra_files or ("reject" if cases else "ignore"),
        )


def _check_labels(metric: MetricConfig, cases: Sequence[Case]) -> None:
    """Do nothing for labels that the metric can take. Raises: ValueError."""
    if not any(case.dtype is DtypeKind.TEXT for case in cases):
        return
    if metric.metric_info.extra_axis is not None:
        raise ValueError(
            f"metric '{metric.key}': {metric.metric} takes the numbers of classes, from 0 on; "
            "write the truth so, with 'dtype: number'"
        )
    if metric.parameters.get("weights", "none") != "none":
        raise ValueError(f"metric '{metric.key}': weights need labels that are numbers, not texts")


class PhaseConfig(Strict):
    """A period with its own rules, truth and boards.

    `tasks` and `leaderboards` are the general form; cases, truth, scoring, resources and
    leaderboard written at the phase itself are short for a list of one.
    """

    slug: Slug
    title: str = Field(min_length=1, max_length=80)
    opens: Time
    closes: Time
    limits: Limits = Limits()
    submission: SubmissionConfig = SubmissionConfig()
    truth: SafePath = "truth"
    scoring: ScoringConfig | None = None
    resources: ResourcesConfig | None = None
    pictures: Pictures = Pictures.NONE
    tasks: tuple[TaskConfig, ...] = Field(default=(), max_length=20)
    leaderboard: Board | None = None
    leaderboards: tuple[Board, ...] = Field(default=(), max_length=20)
    queue: Slug = "default"

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("the phase closes before it opens")
        if bool(self.tasks) == (self.scoring is not None):
            raise ValueError("give either 'scoring' or 'tasks'")
        if bool(self.leaderboards) == (self.leaderboard is not None):
            raise ValueError("give either 'leaderboard' or 'leaderboards'")
        if self.tasks and (self.submission.cases or self.resources or self.pictures != "none"):
            raise ValueError("with 'tasks', cases, resources and pictures stand in each task")
        _check_distinct("task", [task.slug for task in self.all_tasks])
        _check_distinct("leaderboard", [board.slug for board in self.all_boards])
        for board in self.all_boards:
            self._check_board(board)
        for task in self.all_tasks:
            self._check_pictures(task)
        if len({board.split for board in self.all_boards if board.split}) > 1:
            raise ValueError("the split boards of a phase must have one and the same split")
        return self

    @cached_property
    def all_tasks(self) -> tuple[TaskConfig, ...]:
        """The tasks, also when the phase is written in the short form."""
        if self.scoring is None:
            return self.tasks
        return (
            TaskConfig(
                title=self.title,
                cases=self.submission.cases,
                truth=self.truth,
                scoring=self.scoring,
                resources=self.resources or ResourcesConfig(),
                pictures=self.pictures,
            ),
        )

    @property
    def all_boards(self) -> tuple[Board, ...]:
        """The boards, also when the phase is written in the short form."""
        return (self.leaderboard,) if self.leaderboard else self.leaderboards

    def task_of(self, column: Column) -> TaskConfig:
        """Return the task that a column's score comes from."""
        if not column.task:
            return self.all_tasks[0]
        return next(task for task in self.all_tasks if task.slug == column.task)

    def is_open(self, now: datetime) -> bool:
        """True from the second of opening to the last before closing."""
        return self.opens <= now < self.closes

    def _check_pictures(self, task: TaskConfig) -> None:
        if task.pictures is not Pictures.PUBLIC:
            return
        for board in self.all_boards:
            if not any(board.is_public(case.id) for case in task.expanded_cases()):
                raise ValueError(
                    f"task '{task.slug}': with 'pictures: public' there is nothing to draw, as "
                    f"leaderboard '{board.slug}' shows no score while the phase is open; write "
                    "'none', or 'all' if the teams may see the truth"
                )

    def _check_board(self, board: Board) -> None:
        for column in board.columns:
            known = self._known_keys()
            if column.key not in known:
                raise ValueError(
                    f"leaderboard '{board.slug}': unknown column '{column.key}'"
                    f"{did_you_mean(column.key, known)}"
                )
            if board.split and self.task_of(column).scoring.program is None:
                self._check_split_metric(column)
        if board.split:
            self._check_split(board)

    def _check_split(self, board: Board) -> None:
        tasks = {self.task_of(column).slug: self.task_of(column) for column in board.columns}
        for task in tasks.values():
            sides = {board.split.is_public(c.id) for c in task.expanded_cases() if board.split}
            if sides != {True, False}:
                raise ValueError(
                    f"leaderboard '{board.slug}': the split leaves one side of task "
                    f"'{task.slug}' without cases"
                )

    def _check_split_metric(self, column: Column) -> None:
        metrics = self.task_of(column).scoring.metrics
        metric = next((metric for metric in metrics if metric.key == column.score), None)
        if metric is None or metric.groups or not metric.aggregate.is_over_scores:
            raise ValueError(
                f"column '{column.key}': a split needs a score of every case; combinations, "
                "metrics of some groups and pooled ones have none, use aggregate: mean"
            )

    def _known_keys(self) -> list[str]:
        tasks = self.all_tasks
        keys = [f"{task.slug}.{key}" for task in tasks for key in task.scoring.keys]
        return [*tasks[0].scoring.keys, *keys] if len(tasks) == 1 else keys


def _check_distinct(noun: str, slugs: list[str]) -> None:
    if len(set(slugs)) != len(slugs):
        raise ValueError(f"two {noun}s have one slug")
