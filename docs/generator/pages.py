"""Which pages hold what is generated."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from challenges.config import ChallengeConfig
from docs.generator.api import api_errors, api_paths, openapi
from docs.generator.cli import cli_commands, cli_common, cli_exits
from docs.generator.keys import challenge_keys
from docs.generator.markdown import with_blocks
from docs.generator.metrics import metrics_details, metrics_overview
from docs.generator.settings import host_settings, secret_settings, site_settings

DOCS = Path(__file__).parents[1]
SCHEMA = "reference/challenge.schema.json"
OPENAPI = "reference/openapi.json"

PAGES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "organise/challenge-yaml.md": {"keys": challenge_keys},
    "organise/metrics.md": {"overview": metrics_overview, "details": metrics_details},
    "reference/settings.md": {
        "site": site_settings,
        "host": host_settings,
        "secrets": secret_settings,
    },
    "reference/api.md": {"paths": api_paths, "errors": api_errors},
    "reference/cli.md": {"common": cli_common, "exits": cli_exits, "commands": cli_commands},
}


def generated() -> dict[Path, str]:
    """Return what each file should hold now. Raises: BlocksDiffer, KeysDiffer."""
    files = {
        DOCS / page: with_blocks(
            page,
            (DOCS / page).read_text(encoding="utf-8"),
            {name: block() for name, block in blocks.items()},
        )
        for page, blocks in PAGES.items()
    }
    return files | {DOCS / SCHEMA: challenge_schema(), DOCS / OPENAPI: openapi()}


def challenge_schema() -> str:
    """Return the JSON Schema of `challenge.yaml`, as `agon-site challenge schema` prints it."""
    return json.dumps(ChallengeConfig.model_json_schema(), indent=2) + "\n"


def stale() -> list[Path]:
    """Return the files that do not hold what they should."""
    return [path for path, text in generated().items() if _text(path) != text]


def write() -> list[Path]:
    """Bring every file up to date; returns those that were not."""
    outdated = stale()
    for path in outdated:
        path.write_text(generated()[path], encoding="utf-8")
    return outdated


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
