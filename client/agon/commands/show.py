"""`agon show`."""

from argparse import ArgumentParser, Namespace

from agon.challenge import Challenge, limits_in_words
from agon.context import Context
from agon.models import CaseInfo, PhaseInfo
from agon.output import Output
from agon.units import moment

_SHOWN_CASES = 6


def arguments(parser: ArgumentParser) -> None:
    """Which challenge."""
    parser.add_argument("challenge", metavar="CHALLENGE", help="its short name, as in its address")


def run(options: Namespace, context: Context) -> None:
    """Show a challenge: phases, limits, what to hand in."""
    challenge, output = context.site.challenge(options.challenge), context.output
    if output.is_json:
        output.document(challenge.raw)
        return
    output.pairs(_about(challenge))
    for phase in challenge.phases:
        output.line("")
        output.pairs(_about_phase(phase))
        _show_cases(phase, output)
    if challenge.team is None:
        output.say(f"\nTake part with: agon join {challenge.slug}")


def _about(challenge: Challenge) -> list[tuple[str, str]]:
    return [
        ("Challenge", f"{challenge.title} ({challenge.slug})"),
        ("Summary", challenge.summary),
        ("License", challenge.license),
        ("Your team", challenge.team or ""),
        ("You are", "an organiser" if challenge.is_organiser else ""),
    ]


def _about_phase(phase: PhaseInfo) -> list[tuple[str, str]]:
    boards = ", ".join(f"{board.title} ({board.slug})" for board in phase.leaderboards)
    return [
        ("Phase", f"{phase.title} ({phase.slug}), {phase.state}"),
        ("Opens", moment(phase.opens_at)),
        ("Closes", moment(phase.closes_at)),
        ("Uploads", limits_in_words(phase.limits)),
        ("Leaderboards", boards),
    ]


def _show_cases(phase: PhaseInfo, output: Output) -> None:
    for task in phase.tasks:
        rows = [_case(case) for case in task.cases[:_SHOWN_CASES]]
        if rows:
            output.line("")
            output.table([f"Case of {task.title}", "Where in the upload", "Kind"], rows)
        if len(task.cases) > _SHOWN_CASES:
            output.line(f"… and {len(task.cases) - _SHOWN_CASES} more")


def _case(case: CaseInfo) -> list[str]:
    column = f", column {case.column}" if case.column else ""
    index = f" by {case.index}" if case.index else ""
    return [case.id, " or ".join(case.paths), f"{case.dtype}{column}{index}"]
