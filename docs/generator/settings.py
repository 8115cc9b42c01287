"""The settings of site and hosts, as tables."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from docs.generator.kinds import default_of, kind_of
from docs.generator.markdown import code, sentence, table
from evaluator.settings import PREFIX, HostSettings
from web.environment import SiteSettings

# The machine decides these; the page must not depend on where it was generated.
COMPUTED = {"slots": "number of CPUs"}


def site_settings() -> str:
    """Return the table of what the site is told."""
    return _table(SiteSettings)


def host_settings() -> str:
    """Return the table of what an evaluation host is told."""
    return _table(HostSettings)


def secret_settings() -> str:
    """Return the list of variables that hold secrets."""
    names = [
        code(f"{PREFIX}{name.upper()}")
        for name, field in SiteSettings.model_fields.items()
        if field.annotation is SecretStr
    ]
    return ", ".join(names) + "\n"


def _table(model: type[BaseSettings]) -> str:
    schema = model.model_json_schema()
    rows = []
    for name, field in schema["properties"].items():
        default = COMPUTED.get(name) or default_of(field, is_required=False)
        variable = code(f"{PREFIX}{name.upper()}")
        kind = kind_of(field, schema.get("$defs", {}))
        rows.append((variable, kind, default, sentence(field["description"])))
    return table(("Variable", "Value", "Default", "Meaning"), rows)
