"""What may stand at a key or in a variable, in words, from its JSON Schema."""

from collections.abc import Mapping
from typing import Any, cast

from challenges.config.units import SIZES
from docs.generator.markdown import code

# Any: JSON Schema is whatever JSON is.
Schema = Mapping[str, Any]

# Patterns that mean something to people; others are shown as they are.
NAMED_PATTERNS = {
    "^[a-z0-9][a-z0-9-]*$": "slug (letters a to z, digits, `-`)",
    "^[a-z][a-z0-9_]{0,39}$": "key (letters a to z, digits, `_`; 40 at most)",
    "^[a-z0-9-]+$": "letters a to z, digits, `-`",
    "^(memory|redis|rediss|amqp|amqps)://": "address that begins with memory, redis or amqp",
    "^([a-z0-9-]+\\.)?[a-z][a-z0-9_]{0,39}$": "`score` or `task.score`",
}
NAMED_FORMATS = {"date-time": "time with zone", "path": "path", "password": "secret"}


def kind_of(schema: Schema, definitions: Schema) -> str:
    """Return the kind of a value in a few words."""
    if "$ref" in schema:
        return _of_reference(str(schema["$ref"]), definitions)
    if "anyOf" in schema:
        choices = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
        return " or ".join(kind_of(choice, definitions) for choice in choices)
    if "const" in schema:
        return code(schema["const"])
    if "enum" in schema:
        return "one of " + ", ".join(code(value) for value in schema["enum"])
    return _of_type(schema, definitions)


def default_of(schema: Schema, *, is_required: bool) -> str:
    """Return the default of a value in a few words."""
    default = schema.get("default")
    if is_required:
        return "required"
    if default in (None, "", [], {}):
        return "none"
    if isinstance(default, dict):
        return "the defaults of its keys"
    return code(_written(default, schema))


def size_text(number: int) -> str:
    """Return bytes as `challenge.yaml` writes them: the largest unit that leaves no fraction."""
    unit = next(unit for unit in reversed(SIZES) if number % SIZES[unit] == 0)
    return f"{number // SIZES[unit]} {unit}"


def _written(default: object, schema: Schema) -> str:
    """Return a default as people write it."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, int) and _is_quantity(schema, "GiB"):
        return size_text(default)
    if isinstance(default, float):
        is_time = _is_quantity(schema, "min")
        return f"{default / 60:g} min" if is_time else f"{default:g}"
    return str(default)


def _of_reference(reference: str, definitions: Schema) -> str:
    name = reference.rpartition("/")[2]
    target = cast("Schema", definitions[name])
    return kind_of(target, definitions) if "enum" in target else "mapping, see below"


def _of_type(schema: Schema, definitions: Schema) -> str:
    match schema.get("type"):
        case "boolean":
            return "`true` or `false`"
        case "integer":
            return f"whole number{_range(schema)}"
        case "number":
            return f"number{_range(schema)}"
        case "array":
            return f"list{_length(schema)} of {_item(schema, definitions)}"
        case "object":
            return "mapping"
        case _:
            return _text(schema)


def _item(schema: Schema, definitions: Schema) -> str:
    items = schema.get("items", {})
    if "$ref" in items:
        return "mappings, see below"
    return f"{kind_of(items, definitions).partition(' (')[0]}s"


def _text(schema: Schema) -> str:
    for unit, word in (("GiB", "size"), ("min", "duration")):
        if _is_quantity(schema, unit):
            return word
    if schema.get("format") in NAMED_FORMATS:
        return NAMED_FORMATS[schema["format"]]
    if "pattern" in schema:
        return NAMED_PATTERNS.get(schema["pattern"], f"text like {code(schema['pattern'])}")
    longest = f", {schema['maxLength']} characters at most" if "maxLength" in schema else ""
    return f"text{longest}"


def _is_quantity(schema: Schema, unit: str) -> bool:
    return any(str(example).endswith(f" {unit}") for example in schema.get("examples", ()))


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above = schema.get("exclusiveMinimum")
    if above is not None:
        return f" above {above:g}" + (f", at most {high:g}" if high is not None else "")
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    return f", {low:g} or more" if low is not None else ""


def _length(schema: Schema) -> str:
    low, high = schema.get("minItems"), schema.get("maxItems")
    if low and high:
        return f" ({low} to {high})"
    if low:
        return f" ({low} or more)"
    return f" ({high} at most)" if high else ""
