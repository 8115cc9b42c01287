"""The smallest challenge that works, to begin one's own with."""

from pathlib import Path

from agon.errors import UsageWrong

_CONFIG = """\
agon: 1
slug: {slug}
title: {title}
summary: Say in one sentence what participants do.
organisers: [{organiser}]
license: CC-BY-4.0

phases:
  - slug: main
    title: Main
    opens: 2026-01-01T00:00:00Z
    closes: 2036-01-01T00:00:00Z
    limits: {{per_day: 5, total: 100, upload: 10 MiB}}
    submission:
      cases:
        - {{id: all, path: values.csv, dtype: number, index: id, column: value}}
    scoring:
      metrics:
        - {{key: mae, metric: mae}}
    resources: {{cpus: 1, memory: 1 GiB, time: 2 min}}
    leaderboard:
      columns:
        - {{key: mae, title: Mean absolute error, better: lower, digits: 3}}
"""
_OVERVIEW = """\
# {title}

Say what the challenge is about, and what a good answer is worth.

Hand in `values.csv` with the columns `id` and `value`, like [the sample](public/sample.csv).
"""
_RULES = """\
# Rules

Say what participants may use, and what they may not.
"""
_SAMPLE = "id,value\n1,0\n2,0\n3,0\n"
_TRUTH = "id,value\n1,10\n2,20\n3,30\n"


def write_template(folder: Path, *, slug: str, organiser: str) -> list[Path]:
    """Write a challenge into a folder that is empty or not there; return its files.

    Raises: UsageWrong.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageWrong(f"'{folder}' is there already and not empty.", hint="Choose another name.")
    title = slug.replace("-", " ").capitalize()
    texts = {
        "challenge.yaml": _CONFIG.format(slug=slug, title=title, organiser=organiser),
        "pages/overview.md": _OVERVIEW.format(title=title),
        "pages/rules.md": _RULES,
        "public/sample.csv": _SAMPLE,
        "truth/values.csv": _TRUTH,
        "baselines/zero/values.csv": _SAMPLE,
        "baselines/zero/scores.yaml": "mae: 20\n",
    }
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return [folder / path for path in texts]
