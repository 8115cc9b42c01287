"""`agon logs`."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from agon.commands.status import add_submission
from agon.context import Context


def arguments(parser: ArgumentParser) -> None:
    """Of which submission."""
    add_submission(parser)


def run(options: Namespace, context: Context) -> None:
    """Print what the scoring of a submission printed; for organisers."""
    logs, output = context.own_site.submission(options.submission).logs(), context.output
    if output.is_json:
        output.document({"logs": [asdict(log) for log in logs]})
        return
    for log in logs:
        ending = f"{log.status}{f' ({log.code})' if log.code else ''}"
        output.say(f"--- {log.task}, attempt {log.attempt}, {ending}")
        output.block(log.log)
