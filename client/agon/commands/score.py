"""`agon score`."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from agon.commands.check import add_phase, loaded, refuse, tell_notes
from agon.context import Context
from agon.output import Output

if TYPE_CHECKING:
    from agon.local import Verdict


def arguments(parser: ArgumentParser) -> None:
    """What to score, against what, and by the rules of which phase."""
    parser.add_argument("path", metavar="PATH", type=Path, help="your predictions")
    parser.add_argument(
        "--truth", metavar="FOLDER", type=Path, required=True, help="the truth that you have"
    )
    add_phase(parser)
    parser.add_argument("--cases", action="store_true", help="also the scores of each case")


def run(options: Namespace, context: Context) -> None:
    """Score predictions here with the site's own scorer, against truth that you have."""
    local, output = loaded(), context.output
    plans = context.site.challenge(options.challenge).phase(options.phase).plans()
    verdicts = [local.score_here(options.path, options.truth, plan) for plan in plans]
    tell_notes(verdicts, output)
    if not all(plan["is_whole"] for plan in plans):
        output.say("The organisers' own code scores, too; its scores are not here.")
    if output.is_json:
        output.document({"tasks": [asdict(verdict) for verdict in verdicts]})
    refuse(verdicts)
    if not output.is_json:
        _tell(verdicts, output, with_cases=options.cases)


def _tell(verdicts: "list[Verdict]", output: Output, *, with_cases: bool) -> None:
    prefixes = [f"{verdict.task}." if len(verdicts) > 1 else "" for verdict in verdicts]
    named = list(zip(prefixes, verdicts, strict=True))
    scores = [
        (f"{prefix}{key}", f"{v:g}") for prefix, each in named for key, v in each.scores.items()
    ]
    output.table(["Score", "Value"], scores)
    for prefix, verdict in named if with_cases else ():
        keys = list(verdict.scores)
        output.line("")
        output.table(
            [f"{prefix}case", *keys],
            [
                [case, *(f"{values[key]:g}" if key in values else "" for key in keys)]
                for case, values in verdict.cases.items()
            ],
        )
