"""The job: everything a host needs to score one submission; crosses the queue as JSON."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from evaluator.manifests import Manifest
from evaluator.pictures import MAX_PICTURES
from evaluator.plans import CaseName, Plan

MIB = 1024**2


class Resources(BaseModel):
    """What one run may use."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    cpus: float = Field(default=2, gt=0, le=256)
    memory_bytes: int = Field(default=4096 * MIB, ge=64 * MIB)
    wall_seconds: float = Field(default=600, gt=0)
    gpus: int = Field(default=0, ge=0)
    processes: int = Field(default=128, ge=8)
    scratch_bytes: int = Field(default=4096 * MIB, ge=MIB)  # the unpacked submission
    output_bytes: int = Field(default=32 * MIB, ge=MIB)  # what a scoring program may write
    log_bytes: int = Field(default=64 * 1024, ge=1024)


class Job(BaseModel):
    """One attempt at one evaluation. `attempt` is the fencing token: a higher one makes it void."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    evaluation_id: UUID
    attempt: int = Field(ge=1)
    submission: Manifest
    truth: Manifest
    program: Manifest
    plan: Plan
    resources: Resources
    blobs: str  # URI of the blob store: file:///… or https://…
    seed: int = 0
    pictures: tuple[CaseName, ...] = Field(default=(), max_length=MAX_PICTURES)  # cases to draw
