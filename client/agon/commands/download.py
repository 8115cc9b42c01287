"""`agon download`."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from agon.commands.data import tell_fetched
from agon.commands.status import add_submission
from agon.context import Context


def arguments(parser: ArgumentParser) -> None:
    """Which submission, and where to."""
    add_submission(parser)
    parser.add_argument("--to", metavar="FOLDER", type=Path, help="where to (default: ./ID)")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace files here that differ from the site's"
    )


def run(options: Namespace, context: Context) -> None:
    """Download what your team handed in."""
    submission = context.own_site.submission(options.submission)
    folder = options.to or Path(submission.id)
    progress = context.output.progress()
    fetched = submission.download(folder, overwrite=options.overwrite, progress=progress)
    tell_fetched(folder, fetched, context.output)
