"""`agon quota`."""

from argparse import ArgumentParser, Namespace

from agon.context import Context
from agon.models import Count
from agon.units import moment


def arguments(parser: ArgumentParser) -> None:
    """Of which phase."""
    parser.add_argument("challenge", metavar="CHALLENGE", help="its short name")
    parser.add_argument("--phase", "-p", metavar="PHASE", help="needed if several are open")


def run(options: Namespace, context: Context) -> None:
    """Show what your team may still hand in to a phase."""
    output = context.output
    quota = context.own_site.challenge(options.challenge).phase(options.phase).quota()
    if output.is_json:
        output.document(quota.raw)
        return
    counts = (("today", quota.today), ("in all", quota.total), ("at a time", quota.in_flight))
    output.table(["Submissions", "Used", "Left", "Limit"], [_row(*each) for each in counts])
    output.say(f"The day ends at {moment(quota.renews_at)}.")
    if quota.refusal is not None:
        output.say(quota.refusal.message)


def _row(name: str, count: Count) -> list[str]:
    return [name, str(count.used), str(count.left), str(count.limit)]
