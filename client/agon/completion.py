"""Scripts with which shells complete commands and options, made from the parser itself."""

from argparse import SUPPRESS, ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from dataclasses import dataclass

from agon.cli import CommandParser, parser

Choices = dict[str, str]  # words and what they mean


@dataclass(frozen=True)
class Level:
    """What may follow some words of a command line."""

    words: tuple[str, ...]
    commands: Choices
    options: Choices
    values: dict[str, tuple[str, ...]]  # of options and arguments that take one of few
    takers: frozenset[str]  # options that take any value


def script(shell: str) -> str:
    """Return the script for bash, zsh or fish."""
    levels = list(_levels((), parser().filled()))
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](levels)


def _levels(words: tuple[str, ...], at: ArgumentParser) -> Iterator[Level]:
    commands: Choices = {}
    options: Choices = {}
    values: dict[str, tuple[str, ...]] = {}
    takers: set[str] = set()
    inner: dict[str, ArgumentParser] = {}
    for action in at._actions:  # noqa: SLF001 - argparse has no other way to ask
        if action.help == SUPPRESS:
            continue
        if isinstance(action, _SubParsersAction):
            inner = dict(action.choices)
            for choice in action._choices_actions:  # noqa: SLF001 - as above
                commands[choice.dest] = choice.help or ""
            continue
        for option in action.option_strings:
            options[option] = (action.help or "") % vars(action)
            if action.nargs != 0:
                takers.add(option)
        for name in action.option_strings or [""]:
            if action.choices is not None:
                values[name] = tuple(map(str, action.choices))
    yield Level(words, commands, options, values, frozenset(takers - set(values)))
    for name, deeper in inner.items():
        filled = deeper.filled() if isinstance(deeper, CommandParser) else deeper
        yield from _levels((*words, name), filled)


def _bash(levels: list[Level]) -> str:
    cases = "\n".join(
        f"    {_quoted(' '.join(level.words))}) words={_quoted(_all_words(level))};;"
        for level in levels
    )
    return f"""\
_agon() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} at='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at${{at:+ }}${{COMP_WORDS[i]}}" in
      {_paths(levels)}) at="$at${{at:+ }}${{COMP_WORDS[i]}}";;
    esac
  done
  case "$at" in
{cases}
  esac
  case "$at|$before" in
{_value_cases(levels, "    {place}) words={values};;")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _agon agon
"""


def _zsh(levels: list[Level]) -> str:
    cases = "\n".join(
        f"    ({_quoted(' '.join(level.words))})\n"
        f"      commands=({_described(level.commands)})\n"
        f"      options=({_described(level.options)});;"
        for level in levels
    )
    return f"""\
#compdef agon
_agon() {{
  local -a commands options chosen
  local at='' word
  for word in "${{(@)words[2,CURRENT-1]}}"; do
    case "$at${{at:+ }}$word" in
      ({_paths(levels)}) at="$at${{at:+ }}$word";;
    esac
  done
  case "$at" in
{cases}
  esac
  case "$at|${{words[CURRENT-1]}}" in
{_value_cases(levels, "    ({place}) chosen=({values});;")}
  esac
  if (( $#chosen )); then
    compadd -- ${{=chosen}}
  elif [[ $PREFIX == -* ]]; then
    _describe option options
  elif (( $#commands )); then
    _describe command commands
  else
    _files
  fi
}}
if [[ "$funcstack[1]" = _agon ]]; then
  _agon "$@"
else
  compdef _agon agon
fi
"""


def _fish(levels: list[Level]) -> str:
    lines = ["complete -c agon -e"]
    for level in levels:
        when = _fish_condition(level, levels)
        for name, meaning in level.commands.items():
            lines.append(f"complete -c agon -n {when} -f -a {name} -d {_quoted(meaning)}")
        for option, meaning in level.options.items():
            flag = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
            values = level.values.get(option)
            taken = " -r" if option in level.takers else ""
            if values:
                taken = f" -x -a {_quoted(' '.join(values))}"
            lines.append(f"complete -c agon -n {when} {flag}{taken} -d {_quoted(meaning)}")
        if "" in level.values:
            words = _quoted(" ".join(level.values[""]))
            lines.append(f"complete -c agon -n {when} -f -a {words}")
    return "\n".join(lines) + "\n"


def _fish_condition(level: Level, levels: list[Level]) -> str:
    """Return the test for being right behind the words of a level."""
    if not level.words:
        return "__fish_use_subcommand"
    seen = "; and ".join(f"__fish_seen_subcommand_from {word}" for word in level.words)
    deeper = [other.words[-1] for other in levels if other.words[:-1] == level.words]
    beyond = f"; and not __fish_seen_subcommand_from {' '.join(deeper)}" if deeper else ""
    return _quoted(seen + beyond)


def _paths(levels: list[Level]) -> str:
    return "|".join(_quoted(" ".join(level.words)) for level in levels if level.words)


def _value_cases(levels: list[Level], form: str) -> str:
    """Return the cases of options that take one of few values, and of such arguments."""
    lines = []
    for level in levels:
        at = " ".join(level.words)
        for name, values in level.values.items():
            place = _quoted(f"{at}|{name or level.words[-1]}")
            lines.append(form.format(place=place, values=_quoted(" ".join(values))))
    return "\n".join(lines)


def _all_words(level: Level) -> str:
    return " ".join([*level.commands, *level.options])


def _described(choices: Choices) -> str:
    pairs = (f"{name}:{meaning}" for name, meaning in choices.items())
    return " ".join(_quoted(pair) for pair in pairs)


def _quoted(text: str) -> str:
    """Return text as one word of any of the shells; an apostrophe would end it."""
    return "'" + text.replace("'", "") + "'"
