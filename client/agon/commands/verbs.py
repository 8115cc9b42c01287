"""Commands that have commands of their own."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from agon.cli import add_common
from agon.context import Context

Act = Callable[[Namespace, Context], None]


class Verbs:
    """The second word of a command; each has arguments of its own."""

    def __init__(self, parser: ArgumentParser) -> None:
        self._parsers = parser.add_subparsers(metavar="WHAT", dest="verb", required=True)

    def add(self, name: str, act: Act, meaning: str) -> ArgumentParser:
        """Add a word, what it does, and return the parser that takes its arguments."""
        description = f"{meaning[0].upper()}{meaning[1:]}."
        parser: ArgumentParser = self._parsers.add_parser(
            name, help=meaning, description=description
        )
        add_common(parser)
        parser.set_defaults(act=act)
        return parser


def run(options: Namespace, context: Context) -> None:
    """Do what the second word says."""
    options.act(options, context)
