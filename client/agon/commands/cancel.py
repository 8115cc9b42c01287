"""`agon cancel`."""

from argparse import ArgumentParser, Namespace

from agon.commands.status import add_submission, show
from agon.context import Context


def arguments(parser: ArgumentParser) -> None:
    """Which submission."""
    add_submission(parser)


def run(options: Namespace, context: Context) -> None:
    """End what waits or runs of a submission; it costs no quota."""
    submission = context.own_site.submission(options.submission)
    show(submission.cancel(), context.output)
