"""A challenge folder on disk, read and checked as a whole."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from challenges.config.challenge import ChallengeConfig
from challenges.config.phases import TaskConfig
from challenges.config.problems import ConfigInvalid, ConfigProblem, explain
from challenges.config.yaml_text import parse
from evaluator.inside.expected import location
from evaluator.manifests import checked_path
from evaluator.plans import Source

# What a challenge folder may hold; anything else is somebody's note to themselves and stays there.
LEFT_BEHIND = {"__pycache__"}  # what trying a script leaves in its folder
PARTS = ("pages", "public", "truth", "scoring", "baselines")


@dataclass(frozen=True)
class ChallengeFolder:
    """A checked folder: its configuration, and its files by path relative to the folder."""

    root: Path
    config: ChallengeConfig
    files: Mapping[str, Path] = field(repr=False)

    def below(self, part: str) -> dict[str, Path]:
        """Return the files below a sub-folder, by path relative to it."""
        prefix = f"{part}/"
        return {p.removeprefix(prefix): f for p, f in self.files.items() if p.startswith(prefix)}


def read_folder(root: Path) -> ChallengeFolder:
    """Return the challenge in `root`.

    Raises: ConfigInvalid with everything that is wrong, each with its place and the way out.
    """
    file = root / "challenge.yaml"
    if not file.is_file():
        raise ConfigInvalid([ConfigProblem("challenge.yaml", f"there is no such file in {root}")])
    config = read_config(file.read_bytes())
    files, problems = _collect(root)
    problems += [p for phase in config.phases for t in phase.all_tasks for p in _missing(t, files)]
    if config.image and config.image not in files:
        problems.append(ConfigProblem("image", f"there is no file {config.image}"))
    if not any(path.startswith("pages/") for path in files):
        problems.append(ConfigProblem("pages", "write at least pages/overview.md"))
    if problems:
        raise ConfigInvalid(problems)
    return ChallengeFolder(root=root, config=config, files=files)


def read_config(content: bytes) -> ChallengeConfig:
    """Return the configuration in the bytes of a `challenge.yaml`.

    Raises: ConfigInvalid.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = ConfigProblem("challenge.yaml", "the file is not UTF-8 text")
        raise ConfigInvalid([problem]) from error
    data, lines = parse(text)
    if not isinstance(data, dict):
        raise ConfigInvalid([ConfigProblem("challenge.yaml", "the file is not a list of keys")])
    try:
        return ChallengeConfig.model_validate(data)
    except ValidationError as error:
        raise ConfigInvalid(explain(error, lines, known_keys())) from error


@cache
def known_keys() -> dict[str, tuple[str, ...]]:
    """Return the keys allowed at each place of `challenge.yaml`; places without indices."""
    return dict(_keys_below("", ChallengeConfig))


def _keys_below(place: str, model: type[BaseModel]) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield place, tuple(model.model_fields)
    for name, info in model.model_fields.items():
        for inner in _models_in(info.annotation):
            yield from _keys_below(f"{place}.{name}" if place else name, inner)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:  # any annotation at all
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _collect(root: Path) -> tuple[dict[str, Path], list[ConfigProblem]]:
    files = {"challenge.yaml": root / "challenge.yaml"}
    problems: list[ConfigProblem] = []
    for part in PARTS:
        for folder, folders, names in os.walk(root / part):
            folders[:] = sorted(set(folders) - LEFT_BEHIND)
            # A link to a folder would not be walked, and its files would be missing in silence.
            entries = [Path(folder, name) for name in (*names, *folders)]
            problems += [_link(entry, root) for entry in entries if entry.is_symlink()]
            for entry in sorted(e for e in entries if e.is_file() and not e.is_symlink()):
                path = entry.relative_to(root).as_posix()
                try:
                    files[checked_path(path)] = entry
                except ValueError as error:
                    problems.append(ConfigProblem(ascii(path), str(error)))
    return files, problems


def _link(entry: Path, root: Path) -> ConfigProblem:
    path = entry.relative_to(root).as_posix()
    return ConfigProblem(path, "links are not taken; put the file itself here")


def _missing(task: TaskConfig, files: Mapping[str, Path]) -> list[ConfigProblem]:
    below = [path.removeprefix(f"{task.truth}/") for path in files if path.startswith(task.truth)]
    problems = [
        ConfigProblem(
            f"{task.truth}/{case.truth.path}", f"the truth of case '{case.id}' is missing"
        )
        for case in task.expanded_cases()
        if not _holds(below, case.truth)
    ]
    program = task.scoring.program
    if program and not any(f"scoring/{word}" in files for word in program.command):
        problems.append(
            ConfigProblem("scoring", f"no file of {list(program.command)} is in scoring/")
        )
    problems += [
        ConfigProblem(f"scoring/{metric.file}", f"'{metric.key}' needs this file; add it")
        for metric in task.scoring.metrics
        if metric.file and f"scoring/{metric.file}" not in files
    ]
    return problems


def _holds(paths: list[str], wanted: Source) -> bool:
    """True when a file is `wanted`, lies below it (a store), or holds it (an archive's member)."""
    container = location(wanted).container
    below = f"{wanted.path}/"
    return any(path in {wanted.path, container} or path.startswith(below) for path in paths)
