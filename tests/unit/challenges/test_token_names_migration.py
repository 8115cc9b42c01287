"""Tokens of one name, from before names were each person's own, are told apart by a number."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE, AFTER = ("challenges", "0003_token_scopes"), ("challenges", "0005_token_name_once")


def migrate(target: tuple[str, str]) -> Any:
    """Bring the database to a migration and return the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


@pytest.fixture
def before() -> Iterator[Any]:
    """Yield the models of the time before; bring the database up to date at the end."""
    yield migrate(BEFORE)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_later_tokens_of_a_name_get_numbers_and_nothing_else_changes(before: Any) -> None:
    users = before.get_model("challenges", "User")
    tokens = before.get_model("challenges", "AccessToken")
    grace, eve = (users.objects.create(email=f"{name}@example.org") for name in ("grace", "eve"))
    names = [(grace, "laptop"), (grace, "Laptop"), (eve, "laptop"), (grace, "laptop"), (grace, "x")]
    for number, (user, name) in enumerate([*names, (grace, "y" * 60), (grace, "y" * 60)]):
        tokens.objects.create(user=user, name=name, digest=str(number), expires_at=timezone.now())

    after = migrate(AFTER).get_model("challenges", "AccessToken")

    assert list(after.objects.order_by("pk").values_list("name", flat=True)) == [
        "laptop",
        "Laptop (2)",
        "laptop",
        "laptop (3)",
        "x",
        "y" * 60,
        f"{'y' * 50} (2)",
    ]
    assert set(after.objects.values_list("scopes", flat=True)) == {"read submit organise"}
