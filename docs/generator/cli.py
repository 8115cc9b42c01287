"""The command `agon`: its words and options from the parser, its exit codes from their list."""

from argparse import Action, ArgumentParser, _HelpAction, _SubParsersAction
from collections.abc import Iterator

from agon.cli import CommandParser, parser
from agon.exits import Exit
from docs.generator.markdown import code, sentence, table

MEANINGS = {
    Exit.FINE: "Fine.",
    Exit.REFUSED: "The site said no; its sentence says why.",
    Exit.USAGE: "The command was written wrongly, or a file or folder here does not fit.",
    Exit.NOT_SIGNED_IN: "Nobody is signed in, or the token holds no more.",
    Exit.NOT_FOUND: "There is no such thing, or you may not know of it.",
    Exit.REJECTED: "Something is wrong with the submission: mend it and hand in again.",
    Exit.FAILED: "The evaluation failed, or was cancelled: the submission is not at fault.",
    Exit.NETWORK: "The site cannot be reached, or what was waited for did not come in time.",
    Exit.INTERRUPTED: "Ctrl-C.",
}


def cli_commands() -> str:
    """Return a section for each command, in the order of `agon --help`."""
    return "\n".join(_sections(parser().filled()))


def cli_exits() -> str:
    """Return one row for each exit code."""
    return table(("Code", "Means"), [(str(int(exit_)), MEANINGS[exit_]) for exit_ in Exit])


def cli_common() -> str:
    """Return what every command takes."""
    return table(("Option", "Does"), [_row(action) for action in _own(parser().filled())])


def _sections(whole: ArgumentParser) -> Iterator[str]:
    for inner in _inner(whole):
        verbs = list(_inner(inner))
        yield f"### {inner.prog}\n\n{inner.description}\n"
        for each in verbs or [inner]:
            yield f"```text\n{_usage(each)}\n```\n"
            rows = [_row(action) for action in _own(each) if not _is_common(action)]
            if each is not inner:
                yield f"{each.description}\n"
            if rows:
                yield table(("Argument", "Means"), rows)
        if inner.epilog:
            yield f"{inner.epilog}\n"


def _inner(whole: ArgumentParser) -> Iterator[ArgumentParser]:
    """Yield the parsers of the words that may follow, with all their arguments."""
    for action in whole._actions:  # noqa: SLF001 - argparse has no other way to ask
        if isinstance(action, _SubParsersAction):
            for inner in action.choices.values():
                yield inner.filled() if isinstance(inner, CommandParser) else inner


def _own(of: ArgumentParser) -> list[Action]:
    actions = of._actions  # noqa: SLF001 - as above
    return [a for a in actions if not isinstance(a, (_HelpAction, _SubParsersAction))]


def _is_common(action: Action) -> bool:
    return not {"--site", "--json", "--quiet"}.isdisjoint(action.option_strings)


def _usage(of: ArgumentParser) -> str:
    """Return how a command is written, without what all of them take."""
    words = [_word(action) for action in _own(of) if not _is_common(action)]
    positional = [word for word in words if not word.startswith(("[-", "-"))]
    return " ".join([of.prog, *positional, *(w for w in words if w.startswith(("[-", "-")))])


def _word(action: Action) -> str:
    taken = "" if action.nargs == 0 else f" {_value(action)}"
    if not action.option_strings:
        value = _value(action)
        return {"*": f"[{value} …]", None: value}.get(str(action.nargs or "") or None, value)
    written = f"{action.option_strings[0]}{taken}"
    return written if action.required else f"[{written}]"


def _value(action: Action) -> str:
    if action.metavar is not None:
        return str(action.metavar)
    if action.choices is not None:
        return "|".join(str(choice) for choice in action.choices)
    return action.dest.upper()


def _row(action: Action) -> tuple[str, str]:
    taken = "" if action.nargs == 0 else f" {_value(action)}"
    names = ", ".join(code(f"{name}{taken}") for name in action.option_strings)
    told = sentence((action.help or "") % vars(action))
    return names or code(_value(action)), f"{told[:1].upper()}{told[1:]}"
