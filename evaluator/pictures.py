"""Pictures of cases: what one shows, in numbers, and how that is said in words."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_PICTURES = 20
MAX_PICTURE_BYTES = 300_000
FOLDER = "pictures"  # below the output of the sandbox

Finite = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, lt=2**63)]


class _Facts(BaseModel):
    """Where the slice lies: its index along each axis that is not drawn, and their lengths.

    `number` is the case's place among those that were asked for; every `step`th row and column is
    drawn. Numbers only: whoever writes them has read a stranger's upload.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int = Field(ge=0, lt=MAX_PICTURES)
    index: tuple[Count, ...] = Field(default=(), max_length=30)
    lengths: tuple[Count, ...] = Field(default=(), max_length=30)
    step: int = Field(default=1, ge=1)

    def _place(self) -> str:
        if not self.index:
            return "The whole image"
        at = ", ".join(str(number) for number in self.index)
        ends = ", ".join(str(length - 1) for length in self.lengths)
        return f"The slice at index {at} (the last is {ends})"

    def _sampling(self) -> str:
        return f" Every {_ordinal(self.step)} row and column is drawn." if self.step > 1 else ""


class LabelFacts(_Facts):
    """A slice of labels: how many of its elements agree, and how the others differ."""

    kind: Literal["labels"] = "labels"
    agree: Count  # in the foreground
    extra: Count
    missed: Count
    other: Count = 0  # foreground in both, under another label

    def words(self) -> str:
        """Return what the picture shows, for those who do not see it."""
        other = f", {self.other:,} have another label" if self.other else ""
        return (
            f"{self._place()}: prediction, truth and error side by side. Of the foreground, "
            f"{self.agree:,} elements agree, {self.extra:,} are too many, {self.missed:,} are "
            f"missed{other}.{self._sampling()}"
        )


class NumberFacts(_Facts):
    """A slice of measured values: the range of the truth, and how far the prediction is off."""

    kind: Literal["numbers"] = "numbers"
    low: Finite
    high: Finite
    largest: Annotated[Finite, Field(ge=0)]  # absolute difference
    mean: Annotated[Finite, Field(ge=0)]  # absolute difference

    def words(self) -> str:
        """Return what the picture shows, for those who do not see it."""
        return (
            f"{self._place()}: prediction, truth and difference side by side. The truth goes from "
            f"{self.low:.4g} to {self.high:.4g}; the prediction is off by {self.mean:.4g} on "
            f"average and by {self.largest:.4g} at most.{self._sampling()}"
        )


PictureFacts = Annotated[LabelFacts | NumberFacts, Field(discriminator="kind")]


def picture_name(number: int) -> str:
    """Return the name of a picture in its folder."""
    return f"{number:02}.png"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in {11, 12, 13} else ending}"
