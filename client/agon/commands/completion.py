"""`agon completion`."""

from argparse import ArgumentParser, Namespace

from agon.context import Context

_SHELLS = ("bash", "zsh", "fish")


def arguments(parser: ArgumentParser) -> None:
    """For which shell."""
    parser.add_argument("shell", choices=_SHELLS, help="the shell that you use")
    parser.epilog = (
        'bash: eval "$(agon completion bash)" in ~/.bashrc; zsh: the same in ~/.zshrc; '
        "fish: agon completion fish > ~/.config/fish/completions/agon.fish"
    )


def run(options: Namespace, context: Context) -> None:
    """Print the script that makes a shell complete this command."""
    from agon.completion import script  # noqa: PLC0415 - it loads every command

    text = script(options.shell)
    if context.output.is_json:
        context.output.document({"shell": options.shell, "script": text})
        return
    context.output.out.write(text)
