"""Documents of the site, as its API answers them."""

from typing import Any

ID = "a646200c-345f-440c-b5fe-52fff3d6d9b4"

PHASE: dict[str, Any] = {
    "slug": "main",
    "title": "Main",
    "opens_at": "2026-01-01T00:00:00Z",
    "closes_at": "2036-01-01T00:00:00Z",
    "state": "open",
    "limits": {"per_day": 5, "total": 20, "in_flight": 2, "upload_bytes": 1024**2},
    "tasks": [
        {
            "slug": "main",
            "title": "Main",
            "cases": [
                {
                    "id": "stations",
                    "paths": ["rain.csv"],
                    "dtype": "integer",
                    "column": "rain",
                    "index": "id",
                }
            ],
            "scores": ["accuracy"],
        }
    ],
    "leaderboards": [
        {
            "slug": "main",
            "title": "Leaderboard",
            "columns": [
                {
                    "key": "accuracy",
                    "title": "Accuracy",
                    "better": "higher",
                    "digits": 3,
                    "unit": "",
                    "ranks": True,
                }
            ],
            "entry": "best",
            "per": "team",
            "show": "live",
            "splits": ["all"],
        }
    ],
}

CHALLENGE: dict[str, Any] = {
    "slug": "rain",
    "title": "Rain tomorrow",
    "summary": "Will it rain?",
    "license": "CC0-1.0",
    "revision": 1,
    "metadata_schema": {},
    "phases": [PHASE],
    "team": "Ants",
    "is_organiser": False,
}

SUBMISSION: dict[str, Any] = {
    "id": ID,
    "challenge": "rain",
    "phase": "main",
    "team": "Ants",
    "method": "guess",
    "filename": "rain.csv",
    "size": 24,
    "submitted_at": "2026-11-25T18:19:00Z",
    "is_chosen": False,
    "status": "scored",
    "code": None,
    "message": "",
    "split": "all",
    "scores": {"accuracy": 0.75},
    "description": "",
    "metadata": {},
    "problems": [],
    "cases": {},
    "queue": None,
    "tasks": [],
}

BOARD: dict[str, Any] = {
    "board": "main",
    "split": "all",
    "version": 3,
    "total": 2,
    "columns": PHASE["leaderboards"][0]["columns"],
    "rows": [
        {
            "rank": 1,
            "team": "Bees",
            "method": "",
            "scores": {"accuracy": 1.0},
            "submission": "b646200c-345f-440c-b5fe-52fff3d6d9b4",
            "submitted_at": "2026-11-25T18:19:00Z",
            "entries": 1,
            "is_baseline": False,
            "metadata": {},
        },
        {
            "rank": 2,
            "team": "Ants",
            "method": "guess",
            "scores": {"accuracy": 0.75},
            "submission": ID,
            "submitted_at": "2026-11-25T18:19:00Z",
            "entries": 4,
            "is_baseline": False,
            "metadata": {},
        },
    ],
    "next": None,
}


def submission(**changes: Any) -> dict[str, Any]:
    """Return a submission with some things changed."""
    return {**SUBMISSION, **changes}


def challenge(**changes: Any) -> dict[str, Any]:
    """Return a challenge with some things changed."""
    return {**CHALLENGE, **changes}
