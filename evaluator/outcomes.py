"""The outcome: how one run ended; crosses the queue as JSON."""

import math
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from evaluator.codes import Code, Status
from evaluator.manifests import Digest, SafePath


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("a score is a finite number")
    return value + 0.0  # -0.0 becomes 0.0, so that equal scores look equal


Score = Annotated[float, Field(strict=True), AfterValidator(_finite)]


class Usage(BaseModel):
    """What a run took, summed over its sandboxes; the memory is the largest peak."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    wall_seconds: float = 0
    cpu_seconds: float = 0
    memory_peak_bytes: int = 0
    read_bytes: int = 0
    written_bytes: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            wall_seconds=self.wall_seconds + other.wall_seconds,
            cpu_seconds=self.cpu_seconds + other.cpu_seconds,
            memory_peak_bytes=max(self.memory_peak_bytes, other.memory_peak_bytes),
            read_bytes=self.read_bytes + other.read_bytes,
            written_bytes=self.written_bytes + other.written_bytes,
        )


class Problem(BaseModel):
    """One thing wrong with a submission: where, what was found, what was expected, what to do."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: Code
    path: str = Field(max_length=2000)
    message: str = Field(max_length=2000)  # a whole sentence for the participant


class ArtifactKind(StrEnum):
    """What a kept file is: its name and its first bytes say the same."""

    PNG = "png"
    JPEG = "jpeg"
    CSV = "csv"
    JSON = "json"
    TEXT = "text"

    @property
    def is_picture(self) -> bool:
        """True for what a browser shows in a page."""
        return self in {ArtifactKind.PNG, ArtifactKind.JPEG}


class Artifact(BaseModel):
    """A file beside the scores, in the blob store; `case` when it is our own picture of one.

    `words` say what the picture shows, for those who do not see it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: SafePath
    kind: ArtifactKind
    size: int = Field(ge=0)
    sha256: Digest
    case: str = ""
    words: str = ""


class Outcome(BaseModel):
    """How one attempt ended: scores when SCORED, else a code and a sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    status: Status
    code: Code | None = None
    message: str = ""
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()  # sentences for the participant, also when scored
    scores: dict[str, Score] = Field(default_factory=dict)
    cases: dict[str, dict[str, Score]] = Field(default_factory=dict)
    replicates: dict[str, tuple[Score, ...]] = Field(default_factory=dict)
    artifacts: tuple[Artifact, ...] = ()
    usage: Usage = Usage()
    log: str = ""  # capped by Resources.log_bytes; for organisers only
    runtime: str = ""  # name and version of the sandbox
    digests: dict[str, Digest] = Field(
        default_factory=dict
    )  # submission, truth, program, plan, image
