"""`agon submissions`."""

from argparse import ArgumentParser, Namespace

from agon.context import Context
from agon.submission import Submission
from agon.units import moment


def arguments(parser: ArgumentParser) -> None:
    """Of which challenge."""
    parser.add_argument("challenge", metavar="CHALLENGE", help="its short name")
    parser.add_argument("--phase", "-p", metavar="PHASE", help="only of this phase")


def run(options: Namespace, context: Context) -> None:
    """List your team's submissions, newest first."""
    challenge, output = context.own_site.challenge(options.challenge), context.output
    found = challenge.submissions(options.phase)
    if output.is_json:
        output.document({"submissions": [dict(each.raw) for each in found]})
        return
    output.table(
        ["Submission", "Submitted", "Phase", "Method", "Status", "Scores"],
        [_row(submission) for submission in found],
    )


def _row(submission: Submission) -> list[str]:
    scores = ", ".join(f"{key} {value:g}" for key, value in submission.scores.items())
    return [
        submission.id,
        moment(submission.submitted_at),
        submission.phase,
        submission.method,
        f"{submission.status}, chosen" if submission.is_chosen else submission.status,
        scores or submission.code or "",
    ]
