"""Reads YAML strictly: no duplicate keys, no tags, and every place knows its line."""

import yaml

from challenges.config.problems import ConfigInvalid, ConfigProblem

Location = tuple[str | int, ...]
# A nested alias bomb grows without end; no honest challenge.yaml comes near either figure.
MAX_BYTES = 1024**2
MAX_NODES = 200_000


def parse(text: str) -> tuple[object, dict[Location, int]]:
    """Return the plain data of a YAML text, and the line (from 1) of every key in it.

    Raises: ConfigInvalid with the line for anything that is not plain, unambiguous YAML.
    """
    if len(text.encode()) > MAX_BYTES:
        raise _invalid("the file is larger than 1 MiB", None)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[Location, int] = {}
        _walk(root, (), lines, [0])
        return yaml.safe_load(text), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _invalid(str(error.problem), mark.line + 1 if mark else None) from error
    except yaml.YAMLError as error:
        raise _invalid(str(error), None) from error


def _walk(
    node: yaml.Node | None, place: Location, lines: dict[Location, int], n: list[int]
) -> None:
    n[0] += 1
    if n[0] > MAX_NODES:
        raise _invalid("aliases make this file too large", None)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*place, str(key.value))
            line = key.start_mark.line + 1
            if inner in lines:
                raise _invalid(f"the key '{key.value}' stands here a second time", line)
            lines[inner] = line
            _walk(value, inner, lines, n)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*place, index)] = item.start_mark.line + 1
            _walk(item, (*place, index), lines, n)


def _invalid(message: str, line: int | None) -> ConfigInvalid:
    return ConfigInvalid([ConfigProblem("challenge.yaml", message, line)])
