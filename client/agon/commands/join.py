"""`agon join`."""

from argparse import ArgumentParser, Namespace

from agon.context import Context


def arguments(parser: ArgumentParser) -> None:
    """Which challenge, and what the team is called."""
    parser.add_argument("challenge", metavar="CHALLENGE", help="its short name")
    parser.add_argument(
        "--team", metavar="NAME", default="", help="your team's name (default: yours)"
    )


def run(options: Namespace, context: Context) -> None:
    """Accept the rules of a challenge and take part."""
    site, output = context.own_site, context.output
    challenge = site.challenge(options.challenge)
    document = challenge.join(options.team)
    if output.is_json:
        output.document(document.raw)
        return
    output.line(f"You take part in {document.title} with the team {document.team}.")
    output.say(f"Fetch its data with: agon data {challenge.slug}")
