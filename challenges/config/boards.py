"""Leaderboards as `challenge.yaml` declares them."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from challenges.config.patterns import matches
from challenges.config.scoring import Strict
from challenges.config.slugs import Slug

ColumnKey = Annotated[str, Field(pattern=r"^([a-z0-9-]+\.)?[a-z][a-z0-9_]{0,39}$")]


class Better(StrEnum):
    """Which end of a column leads."""

    HIGHER = "higher"
    LOWER = "lower"


class OrderBy(StrEnum):
    """How several columns make one order."""

    COLUMNS = "columns"  # lexicographic: a later column decides only between equals
    MEAN_RANK = "mean-rank"
    MEDIAN_RANK = "median-rank"


class Show(StrEnum):
    """When participants see a board."""

    LIVE = "live"
    AT_CLOSE = "at-close"
    HIDDEN = "hidden"
    IMPROVEMENTS_ONLY = "improvements-only"


class Column(Strict):
    """One score on a board. `key` is `score`, or `task.score` where a phase has several tasks."""

    key: ColumnKey
    title: str = Field(min_length=1, max_length=60)
    better: Better
    digits: int = Field(default=3, ge=0, le=10)
    unit: str = Field(default="", max_length=20)
    ranks: bool = True  # False: shown, but without effect on the order

    @property
    def task(self) -> str:
        """Slug of the column's task; empty for the only one."""
        return self.key.rpartition(".")[0]

    @property
    def score(self) -> str:
        """Key of the score within its task."""
        return self.key.rpartition(".")[2]


class Order(Strict):
    """How rows are ordered."""

    by: OrderBy = OrderBy.COLUMNS


class Split(Strict):
    """Cases whose scores everybody sees, and the rest, which decides when the phase has closed."""

    public: tuple[str, ...] = Field(min_length=1)
    private: Literal["rest"] = "rest"

    @model_validator(mode="before")
    @classmethod
    def _accept_one_pattern(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("public"), str):
            return {**data, "public": (data["public"],)}
        return data

    def is_public(self, case: str) -> bool:
        """True for a case whose score counts on the public board."""
        return any(matches(case, pattern) for pattern in self.public)


class Board(Strict):
    """One leaderboard of a phase."""

    slug: Slug = "main"
    title: str = Field(default="Leaderboard", min_length=1, max_length=80)
    columns: tuple[Column, ...] = Field(min_length=1, max_length=20)
    order: Order = Order()
    entry: Literal["best", "latest", "chosen"] = "best"
    per: Literal["team", "method"] = "team"
    split: Split | None = None
    show: Show = Show.LIVE

    @model_validator(mode="after")
    def _can_rank(self) -> Self:
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError("two columns have one key")
        if not any(column.ranks for column in self.columns):
            raise ValueError("at least one column must rank")
        return self

    def is_public(self, case: str) -> bool:
        """True for a case whose scores teams see while the phase is open."""
        is_seen = self.show in {Show.LIVE, Show.IMPROVEMENTS_ONLY}
        return is_seen and (self.split is None or self.split.is_public(case))

    @property
    def ranking_columns(self) -> tuple[Column, ...]:
        """The columns that decide the order, most important first."""
        return tuple(column for column in self.columns if column.ranks)
