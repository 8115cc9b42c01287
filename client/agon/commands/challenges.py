"""`agon challenges`."""

from argparse import ArgumentParser, Namespace

from agon.context import Context
from agon.models import ChallengeSummary
from agon.units import moment


def arguments(_: ArgumentParser) -> None:
    """It takes none."""


def run(_: Namespace, context: Context) -> None:
    """List the challenges of the site."""
    output = context.output
    if output.is_json:
        output.document(context.site.transport.pages("challenges", "challenges"))
        return
    rows = [_row(challenge) for challenge in context.site.challenges()]
    output.table(["Challenge", "Title", "Teams", "Open phases"], rows)


def _row(challenge: ChallengeSummary) -> list[str]:
    opened = (p for p in challenge.phases if p.state == "open")
    phases = ", ".join(f"{p.slug} until {moment(p.closes_at)}" for p in opened)
    return [challenge.slug, challenge.title, str(challenge.teams), phases or "none"]
