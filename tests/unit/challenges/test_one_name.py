"""Two things of one name: a sentence in `challenge.yaml`, and the database as the last word."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from challenges.config import ConfigInvalid
from challenges.models import Challenge, Leaderboard, Phase, Task, Team, User
from tests import factories

pytestmark = pytest.mark.django_db


def twice(key: str) -> dict[str, Any]:
    """Return a challenge whose phase has two tasks or boards of one slug."""
    data = factories.config()
    phase = data["phases"][0]
    if key == "leaderboards":
        board = phase.pop("leaderboard")
        phase[key] = [board, copy.deepcopy(board)]
    else:
        task = {"slug": "one", "title": "One", "cases": phase.pop("submission")["cases"]}
        task["scoring"] = phase.pop("scoring")
        phase["leaderboard"]["columns"][0]["key"] = "one.accuracy"
        phase[key] = [task, copy.deepcopy(task)]
    return data


def two_phases() -> dict[str, Any]:
    data = factories.config()
    data["phases"].append(copy.deepcopy(data["phases"][0]))
    return data


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (two_phases(), "two phases have one slug"),
        (twice("tasks"), "two tasks have one slug"),
        (twice("leaderboards"), "two leaderboards have one slug"),
    ],
    ids=["phases", "tasks", "leaderboards"],
)
def test_a_slug_that_is_there_twice_is_named(
    tmp_path: Path, data: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigInvalid, match=sentence):
        factories.make_challenge(tmp_path, data)

    assert not Challenge.objects.exists()


COPIES: list[tuple[type[Any], Callable[[Any], dict[str, Any]]]] = [
    (Challenge, lambda row: {"slug": row.slug}),
    (Phase, lambda row: {"slug": row.slug}),
    (Task, lambda row: {"slug": row.slug}),
    (Leaderboard, lambda row: {"slug": row.slug}),
    (Team, lambda row: {"name": row.name.upper()}),
    (User, lambda row: {"email": row.email.upper()}),
]


@pytest.mark.parametrize(("model", "changes"), COPIES, ids=[m.__name__ for m, _ in COPIES])
def test_the_database_takes_no_second_row_of_a_name(
    tmp_path: Path, model: type[Any], changes: Callable[[Any], dict[str, Any]]
) -> None:
    factories.make_team(factories.make_challenge(tmp_path), "Ants")
    row = model.objects.get()
    fields = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields}
    del fields[model._meta.pk.attname]
    distinct = {"current_id": None, "invitation": "another-word"}
    fields |= {name: value for name, value in distinct.items() if name in fields}

    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        model.objects.create(**fields | changes(row))

    assert model.objects.count() == 1
