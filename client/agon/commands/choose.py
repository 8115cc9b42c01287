"""`agon choose`."""

from argparse import ArgumentParser, Namespace

from agon.commands.status import add_submission, show
from agon.context import Context


def arguments(parser: ArgumentParser) -> None:
    """Which submission."""
    add_submission(parser)


def run(options: Namespace, context: Context) -> None:
    """Make a submission the one that your team wants ranked."""
    submission = context.own_site.submission(options.submission)
    show(submission.choose(), context.output)
