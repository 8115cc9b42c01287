"""The command `agon`: parses its line, runs one command, turns errors into exit codes."""

import os
import sys
from argparse import SUPPRESS, ArgumentParser, HelpFormatter, Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn

from agon.commands import COMMANDS
from agon.exits import Exit
from agon.version import __version__

EXITS = (
    "exit codes: 0 fine, 1 refused by the site, 2 wrong usage, 3 not signed in, 4 not found, "
    "5 submission rejected, 6 evaluation failed, 7 network"
)


class CommandParser(ArgumentParser):
    """A parser that learns its arguments when it is used: other commands are not loaded."""

    def __init__(
        self, *, fill: Callable[["CommandParser"], None] | None = None, **more: Any
    ) -> None:
        # A new option must not break scripts that wrote an old one short.
        super().__init__(allow_abbrev=False, formatter_class=_formatter, **more)
        self._fill = fill

    # Any: argparse's own signature has overloads.
    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Learn the arguments, then parse."""
        self.filled()
        return super().parse_known_args(args, namespace)

    def filled(self) -> "CommandParser":
        """Return this parser with all its arguments."""
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(self)
        return self

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the line, and where to read on."""
        self.exit(Exit.USAGE, f"agon: {message}\nSee: {self.prog} --help\n")


def parser() -> CommandParser:
    """Return the parser of the whole command."""
    whole = CommandParser(
        prog="agon", description="Take part in data challenges.", epilog=EXITS, add_help=True
    )
    whole.add_argument("--version", action="version", version=f"agon {__version__}")
    add_common(whole, default=None)
    commands = whole.add_subparsers(metavar="COMMAND", dest="command", parser_class=CommandParser)
    for name, command in COMMANDS.items():
        commands.add_parser(
            name,
            help=command.summary,
            description=f"{command.summary[0].upper()}{command.summary[1:]}.",
            fill=_filler(command.module),
        )
    return whole


def add_common(to: ArgumentParser, default: object = SUPPRESS) -> None:
    """Add the options that every command has, before and after its name."""
    to.add_argument("--site", metavar="URL", default=default, help="the site's address")
    to.add_argument("--json", action="store_true", default=default, help="write JSON to stdout")
    to.add_argument(
        "--quiet", "-q", action="store_true", default=default, help="say only data and errors"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    line = sys.argv[1:] if arguments is None else list(arguments)
    whole = parser()
    options = whole.parse_args(line)
    if options.command is None:
        whole.print_help(sys.stderr)
        return Exit.USAGE
    try:
        return _run(options)
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted. Run the same command again to go on.\n")
        return Exit.INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE


def _formatter(prog: str) -> HelpFormatter:
    return HelpFormatter(prog, max_help_position=28)


def _run(options: Namespace) -> int:
    from agon.context import Context  # noqa: PLC0415 - --help needs none of it
    from agon.errors import ClientError, UsageWrong  # noqa: PLC0415 - the same
    from agon.output import Output, tolerant  # noqa: PLC0415 - the same

    output = Output(bool(options.json), bool(options.quiet))
    tolerant(sys.stdout, sys.stderr)
    try:
        with Context(output, options.site) as context:
            options.run(options, context)
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except ClientError as error:
        output.error(error)
        return error.exit_code
    except OSError as error:  # of this computer's disk; the line's have names of their own
        where = f"'{error.filename}': " if error.filename else ""
        output.error(UsageWrong(f"{where}{error.strerror or error}."))
        return Exit.USAGE
    return Exit.FINE


def _filler(module: str) -> Callable[[CommandParser], None]:
    def fill(to: CommandParser) -> None:
        loaded = import_module(f"agon.commands.{module}")
        add_common(to)
        to.set_defaults(run=getattr(loaded, "run", None))
        loaded.arguments(to)

    return fill
