"""Prints what became of every submission of a site as JSON; runs inside the site's environment."""

import json
import sys

import django

django.setup()

from django.db.models import Count, Q  # noqa: E402 - needs the settings

from challenges.models import Entry, Evaluation  # noqa: E402


def trail() -> list[dict[str, object]]:
    """Return one row an evaluation: whose it is, when it moved, how often it was scored."""
    counted = Count("events", filter=Q(events__status="scored"))
    rows = Evaluation.objects.annotate(scored=counted).order_by("queued_at")
    values = rows.values_list(
        "submission__team__challenge__slug",
        "submission__team__name",
        "status",
        "attempt",
        "scored",
        "queued_at",
        "started_at",
        "ended_at",
    )
    return [
        {
            "team": f"{challenge}/{team}",
            "status": status,
            "attempt": attempt,
            "scored": scored,
            "queued": queued_at.timestamp(),
            "started": started_at.timestamp() if started_at else None,
            "ended": ended_at.timestamp() if ended_at else None,
        }
        for challenge, team, status, attempt, scored, queued_at, started_at, ended_at in values
    ]


if __name__ == "__main__":
    counted = sum(Entry.objects.values_list("submissions", flat=True))
    json.dump({"evaluations": trail(), "counted": counted}, sys.stdout)
