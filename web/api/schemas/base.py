"""What all schemas have in common; times are UTC, sizes bytes, durations seconds."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


def _printable(text: str) -> str:
    """Let text pass that every database and terminal takes; line breaks and tabs are fine."""
    if not all(letter.isprintable() or letter in "\n\r\t" for letter in text):
        raise ValueError("holds characters that cannot be shown")
    return text


Text = Annotated[str, AfterValidator(_printable)]


class Frozen(BaseModel):
    """Immutable, and exact about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ErrorBody(Frozen):
    """The one shape of every error."""

    code: str
    message: str
    details: dict[str, object]
