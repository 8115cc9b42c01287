"""What goes into the sandbox and what comes out: two JSON files."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from evaluator.outcomes import Problem
from evaluator.pictures import MAX_PICTURES, PictureFacts
from evaluator.plans import CaseName, MetricsPlan, Plan


class Orders(BaseModel):
    """What the host asks for, in `/agon/job/orders.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    plan: Plan
    task: Literal["score", "check"]
    scratch_bytes: int = Field(ge=0)  # what the unpacked submission may take
    cpus: float = Field(gt=0)
    memory_bytes: int = Field(gt=0)  # the limit of the sandbox
    seed: int
    wall_seconds: float = Field(default=600, gt=0)  # the limit of the sandbox
    pictures: tuple[CaseName, ...] = Field(default=(), max_length=MAX_PICTURES)  # cases to draw

    @model_validator(mode="after")
    def _can_be_scored(self) -> Self:
        if self.task == "score" and not isinstance(self.plan, MetricsPlan):
            raise ValueError("a program scores in a sandbox of its own; ask for 'check' here")
        return self


class Report(BaseModel):
    """What was found, in `/agon/output/report.json`.

    `problems` are the first of `problem_count`; `notes` are for the participant too. The
    submission is the unpacked archive, or else the folder `root` of the upload, in which `names`
    gives the files (expected path to path found) that count under another name. `pictures` says
    what those in `/agon/output/pictures` show.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    problems: tuple[Problem, ...] = ()
    problem_count: int = Field(default=0, ge=0)
    notes: tuple[str, ...] = ()
    root: str = ""
    names: dict[str, str] = Field(default_factory=dict)
    pictures: tuple[PictureFacts, ...] = Field(default=(), max_length=MAX_PICTURES)
