from typing import Any

from django.core.management import call_command
from django.db import migrations

TABLE = "agon_cache"


def make_table(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    """Make the table of Django's cache in the database, which no model describes."""
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


def drop_table(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - as above
    """Drop the table."""
    schema_editor.execute(f'DROP TABLE IF EXISTS "{TABLE}"')


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0006_request_rates"),
    ]

    operations = [
        migrations.RunPython(make_table, drop_table),
    ]
