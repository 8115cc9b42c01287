from typing import Any

from django.db import migrations


def number_names(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - Django's signature
    """Give every token of a person a name of its own: later ones of a name get a number."""
    seen: set[tuple[int, str]] = set()
    model = apps.get_model("challenges", "AccessToken")
    for token in model.objects.order_by("pk"):
        name, number = token.name, 1
        while (token.user_id, name.lower()) in seen:
            number += 1
            name = f"{token.name[:50]} ({number})"
        seen.add((token.user_id, name.lower()))
        if name != token.name:
            model.objects.filter(pk=token.pk).update(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0003_token_scopes"),
    ]

    operations = [
        migrations.RunPython(number_names, migrations.RunPython.noop),
    ]
