"""Shells complete commands, options and their values."""

import subprocess

import pytest

from agon.commands import COMMANDS
from agon.completion import script

ASK_BASH = """\
{script}
COMP_WORDS=({words}) COMP_CWORD={last}
_agon
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def bash_offers(*words: str) -> list[str]:
    """Return what bash offers in place of the last word."""
    typed = " ".join(f"'{word}'" for word in words)
    text = ASK_BASH.format(script=script("bash"), words=typed, last=len(words) - 1)
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_commands_are_offered() -> None:
    assert set(COMMANDS) <= set(bash_offers("agon", ""))


def test_only_what_fits_is_offered() -> None:
    assert bash_offers("agon", "sub") == ["submit", "submissions"]


def test_options_of_the_command_are_offered() -> None:
    offered = bash_offers("agon", "--json", "submit", "--m")

    assert offered == ["--method", "--meta"]


def test_the_second_word_of_a_command_is_offered() -> None:
    assert bash_offers("agon", "teams", "re") == ["rename"]
    assert "--renew" in bash_offers("agon", "teams", "invite", "--")


def test_values_of_an_option_are_offered() -> None:
    assert bash_offers("agon", "leaderboard", "rain", "--split", "p") == ["public", "private"]
    assert bash_offers("agon", "completion", "") == ["bash", "zsh", "fish"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_option_is_in_every_script(shell: str) -> None:
    text = script(shell)

    for word in [*COMMANDS, "invite", "rescore", "connections", "private"]:
        assert word in text
    assert "==SUPPRESS==" not in text


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_quotes_and_brackets_are_balanced(shell: str) -> None:
    done = subprocess.run(
        ["bash", "-n"], input=script("bash"), text=True, capture_output=True, check=False
    )

    assert done.stderr == ""
    assert script(shell).count("'") % 2 == 0
    assert script(shell).count("{") == script(shell).count("}")


def test_fish_has_one_line_for_each_word() -> None:
    lines = script("fish").splitlines()

    assert all(line.startswith("complete -c agon ") for line in lines)
    assert any("-n __fish_use_subcommand -f -a submit -d" in line for line in lines)
    assert any("seen_subcommand_from leaderboard' -l split -x -a 'public" in line for line in lines)
    assert any("seen_subcommand_from submit' -l method -r -d" in line for line in lines)
    assert any("seen_subcommand_from submit' -l wait -d" in line for line in lines)
