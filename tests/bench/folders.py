"""Challenge folders of the bench: as little to score as can be."""

from pathlib import Path
from typing import Any

import yaml

TRUTH = b"id,rain\n1,0\n2,1\n3,1\n4,0\n"
PROGRAM = b"""\
import json, pathlib
pathlib.Path("/agon/output/result.json").write_text(json.dumps({"scores": {"accuracy": 0.5}}))
"""
BUILT_IN: dict[str, Any] = {"metrics": [{"key": "accuracy", "metric": "accuracy"}]}
OWN: dict[str, Any] = {"program": {"command": ["python", "score.py"], "keys": ["accuracy"]}}
CASE = {"id": "stations", "path": "rain.csv", "dtype": "integer", "column": "rain", "index": "id"}


def write_challenge(folder: Path, slug: str, *, own_program: bool = False) -> Path:
    """Write a challenge whose scoring is trivial: a built-in metric, or a program of its own."""
    config = {
        "agon": 1,
        "slug": slug,
        "title": f"Rain tomorrow ({slug})",
        "summary": "Say for each station whether it rains tomorrow.",
        "organisers": ["ada@example.org"],
        "license": "CC0-1.0",
        "phases": [
            {
                "slug": "main",
                "title": "Main",
                "opens": "2026-01-01T00:00:00Z",
                "closes": "2036-01-01T00:00:00Z",
                "limits": {"per_day": 1000, "total": 1000, "in_flight": 1000, "upload": "1 MiB"},
                "submission": {} if own_program else {"cases": [CASE]},
                "scoring": OWN if own_program else BUILT_IN,
                "resources": {"cpus": 1, "memory": "512 MiB", "time": "60 s"},
                "leaderboard": {
                    "columns": [{"key": "accuracy", "title": "Accuracy", "better": "higher"}]
                },
            }
        ],
    }
    files = {
        "challenge.yaml": yaml.safe_dump(config).encode(),
        "pages/overview.md": b"# Rain tomorrow\n",
        "truth/rain.csv": TRUTH,
        **({"scoring/score.py": PROGRAM} if own_program else {}),
    }
    for name, content in files.items():
        path = folder / slug / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder / slug
