"""`agon submit`."""

import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import Any

from agon.challenge import Phase
from agon.commands.status import add_waiting, tell, waited
from agon.context import Context
from agon.uploads.handing_in import Manner
from agon.uploads.sending import CONNECTIONS


def arguments(parser: ArgumentParser) -> None:
    """What to hand in, where, and what to say with it."""
    parser.add_argument("path", metavar="PATH", type=Path, help="a folder, a file or an archive")
    parser.add_argument("--challenge", "-c", metavar="SLUG", required=True, help="its short name")
    parser.add_argument("--phase", "-p", metavar="PHASE", help="needed if several are open")
    parser.add_argument("--method", metavar="NAME", default="", help="what you call your method")
    parser.add_argument("--description", "-m", metavar="TEXT", default="", help="more about it")
    parser.add_argument(
        "--meta",
        metavar="KEY=VALUE",
        type=_pair,
        action="append",
        default=[],
        help="an answer to what the challenge asks; values are JSON or text; repeat for each",
    )
    add_waiting(parser)
    parser.add_argument(
        "--connections",
        metavar="N",
        type=_count,
        default=CONNECTIONS,
        help="how many at a time (default: %(default)s)",
    )
    parser.add_argument("--rehash", action="store_true", help="read all files, also unchanged ones")


def run(options: Namespace, context: Context) -> None:
    """Hand in; with --wait return when there are scores. The same command again goes on."""
    site, output = context.own_site, context.output
    phase: Phase = site.challenge(options.challenge).phase(options.phase)
    manner = Manner(output.progress(), options.connections, options.rehash)
    submission = phase.submit(
        options.path,
        method=options.method,
        description=options.description,
        metadata=dict(options.meta),
        manner=manner,
    )
    if not options.wait:
        if output.is_json:
            output.document(submission.raw)
            return
        output.line(submission.id)
        output.say(f"Handed in. Follow it with: agon status {submission.id} --wait")
        return
    output.say(f"Handed in as {submission.id}.")
    tell(waited(submission, options, output), output)


def _pair(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ArgumentTypeError(f"'{text}' is not of the form KEY=VALUE")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 32:
        raise ArgumentTypeError(f"'{text}' is no number from 1 to 32")
    return int(text)
