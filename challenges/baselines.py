"""Baselines of a challenge: sample submissions with the scores that they must get."""

from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from challenges.config import ConfigInvalid, ConfigProblem

TOLERANCE = 1e-6  # declared scores are written with nine digits


class BaselineScores(BaseModel):
    """`scores.yaml` of a baseline; keys are `score`, or `task.score` with several tasks."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    method: str = Field(min_length=1, max_length=80)
    description: str = Field(default="", max_length=4000)
    metadata: dict[str, object] = Field(default_factory=dict)
    scores: dict[str, float] = Field(min_length=1)


@dataclass(frozen=True)
class Baseline:
    """One baseline on disk."""

    name: str
    upload: Path
    declared: BaselineScores


def read_baselines(root: Path) -> list[Baseline]:
    """Return the baselines of a challenge folder, by name.

    Raises: ConfigInvalid naming the file.
    """
    folders = sorted(path for path in (root / "baselines").glob("*") if path.is_dir())
    return [_read(folder) for folder in folders]


def _read(folder: Path) -> Baseline:
    place = f"baselines/{folder.name}"
    uploads = [path for path in sorted(folder.iterdir()) if path.name != "scores.yaml"]
    if len(uploads) != 1:
        raise ConfigInvalid([ConfigProblem(place, "holds one upload and scores.yaml")])
    try:
        data = yaml.safe_load((folder / "scores.yaml").read_text())
        declared = BaselineScores.model_validate(data)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        problem = ConfigProblem(f"{place}/scores.yaml", str(error))
        raise ConfigInvalid([problem]) from error
    return Baseline(folder.name, uploads[0], declared)
