"""The site's documents become types, or are refused with a way out."""

from dataclasses import dataclass, field
from datetime import datetime, timezone

import pytest

from agon.errors import AnswerUnknown
from agon.reading import LOCAL, read


@dataclass(frozen=True)
class Inner:
    name: str


@dataclass(frozen=True)
class Outer:
    count: int
    share: float
    at: datetime
    inner: Inner | None
    inners: tuple[Inner, ...]
    scores: dict[str, float]
    is_on: bool = False
    here: str = field(default="", metadata=LOCAL)


DOCUMENT: dict[str, object] = {
    "count": 3,
    "share": 1,
    "at": "2027-02-01T00:00:00Z",
    "inner": {"name": "a", "new": 1},
    "inners": [{"name": "b"}],
    "scores": {"dice": 0.5},
}


def test_a_document_becomes_a_type() -> None:
    assert read(Outer, DOCUMENT, here="x") == Outer(
        count=3,
        share=1.0,
        at=datetime(2027, 2, 1, tzinfo=timezone.utc),  # noqa: UP017 - also runs on Python 3.10
        inner=Inner("a"),
        inners=(Inner("b"),),
        scores={"dice": 0.5},
        here="x",
    )


def test_what_this_version_does_not_know_is_left_out() -> None:
    assert read(Outer, {**DOCUMENT, "invented": [], "here": "theirs"}).here == ""


def test_null_is_nothing_where_nothing_is_allowed() -> None:
    assert read(Outer, {**DOCUMENT, "inner": None}).inner is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", "3"),
        ("count", True),
        ("count", 1.5),
        ("share", None),
        ("share", False),
        ("at", "soon"),
        ("at", 5),
        ("inner", {}),
        ("inner", "a"),
        ("inners", {"name": "b"}),
        ("inners", [{"name": 1}]),
        ("scores", {"dice": "high"}),
        ("is_on", 1),
    ],
)
def test_another_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(AnswerUnknown, match="describes a Outer") as caught:
        read(Outer, {**DOCUMENT, name: value})

    assert "pip install -U" in caught.value.hint


@pytest.mark.parametrize("name", ["count", "inner", "scores"])
def test_what_is_missing_is_refused_by_name(name: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != name}

    with pytest.raises(AnswerUnknown, match=f"no '{name}'"):
        read(Outer, document)


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(AnswerUnknown):
        read(Outer, [])
