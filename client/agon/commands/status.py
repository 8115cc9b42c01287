"""`agon status`, and how a submission is shown elsewhere."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from agon.context import Context
from agon.output import Output
from agon.submission import Submission, followed
from agon.units import duration, moment, size

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def arguments(parser: ArgumentParser) -> None:
    """Which submission, and whether to wait for its scores."""
    add_submission(parser)
    add_waiting(parser)


def run(options: Namespace, context: Context) -> None:
    """Show a submission; when it has ended without scores, the exit code says so."""
    submission, output = context.own_site.submission(options.submission), context.output
    tell(waited(submission, options, output) if options.wait else submission, output)


def add_submission(parser: ArgumentParser) -> None:
    """Add the argument that names a submission."""
    parser.add_argument(
        "submission", metavar="ID", type=submission_id, help="the submission's id, or its address"
    )


def add_waiting(parser: ArgumentParser) -> None:
    """Add the options about waiting."""
    parser.add_argument("--wait", action="store_true", help="return when there are scores")
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=_seconds, help="with --wait: at most so long"
    )


def submission_id(text: str) -> str:
    """Return the id in what somebody typed. Raises: ArgumentTypeError."""
    found = _ID.findall(text)
    if not found:
        raise ArgumentTypeError(f"'{text}' is no id of a submission; see: agon submissions")
    return str(found[-1]).lower()


def waited(submission: Submission, options: Namespace, output: Output) -> Submission:
    """Return a submission when it has ended, however that was. Raises: TimeIsUp, ClientError."""
    return followed(submission, options.timeout, output.progress())


def tell(submission: Submission, output: Output) -> None:
    """Show a submission. Raises: SubmissionRejected, EvaluationFailed when it ended like that."""
    show(submission, output)
    submission.checked()


def show(submission: Submission, output: Output) -> None:
    """Show a submission, whatever became of it."""
    if output.is_json:
        output.document(submission.raw)
        return
    output.pairs([*_about(submission), ("Rank", _rank(submission))])
    if submission.scores:
        output.line("")
        scores = [(key, f"{value:g}") for key, value in submission.scores.items()]
        output.table(["Score", "Value"], scores)
    for task in submission.tasks:
        for note in task.notes:
            output.say(note)


def _about(submission: Submission) -> list[tuple[str, str]]:
    queue = submission.queue
    estimate = queue.estimate_seconds if queue else None
    about = f", a score in about {duration(estimate)}" if estimate is not None else ""
    return [
        ("Submission", submission.id),
        ("Challenge", f"{submission.challenge}, phase {submission.phase}"),
        ("Team", submission.team),
        ("Method", submission.method),
        ("Upload", f"{submission.filename} ({size(submission.size)})"),
        ("Submitted", moment(submission.submitted_at)),
        ("Status", f"{submission.status}{f' ({submission.code})' if submission.code else ''}"),
        ("Place", f"{queue.position}{about}" if queue else ""),
        ("Chosen", "yes" if submission.is_chosen else ""),
    ]


def _rank(submission: Submission) -> str:
    return str(submission.rank or "") if submission.status == "scored" else ""


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e9:
        raise ArgumentTypeError(f"'{text}' is no number of seconds")
    return seconds
