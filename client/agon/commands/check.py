"""`agon check`."""

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agon.context import Context
from agon.errors import ExtraMissing, SubmissionRejected
from agon.output import Output
from agon.units import size
from agon.uploads.walking import find_files

if TYPE_CHECKING:
    from agon.local import Verdict

_HINT = "Install them with: pip install 'agon-client[local]' (Python 3.11 or later)"


def arguments(parser: ArgumentParser) -> None:
    """What to check, and for which phase."""
    parser.add_argument("path", metavar="PATH", type=Path, help="a folder, a file or an archive")
    add_phase(parser)


def run(options: Namespace, context: Context) -> None:
    """Check an upload here, as the site will, but for what only the hidden truth tells."""
    local, output = loaded(), context.output
    phase = context.site.challenge(options.challenge).phase(options.phase)
    whole, limit = find_files(options.path).size, phase.limits.upload_bytes
    if whole > limit:
        raise SubmissionRejected(
            f"The upload has {size(whole)}; phase '{phase.title}' takes at most {size(limit)}.",
            code="upload-too-large",
        )
    verdicts = [local.check_here(options.path, plan) for plan in phase.plans()]
    if output.is_json:
        output.document({"tasks": [_document(verdict) for verdict in verdicts]})
    tell_notes(verdicts, output)
    refuse(verdicts)
    if not output.is_json:
        output.line("Nothing is wrong with it, as far as that can be known here.")


def add_phase(parser: ArgumentParser) -> None:
    """Add the arguments that name a phase."""
    parser.add_argument("--challenge", "-c", metavar="SLUG", required=True, help="its short name")
    parser.add_argument("--phase", "-p", metavar="PHASE", help="needed if several are open")


def loaded() -> Any:  # the module, which is not there without the extra
    """Return the module that checks and scores. Raises: ExtraMissing."""
    try:
        from agon import local  # noqa: PLC0415 - only here
    except ImportError as error:
        raise ExtraMissing(
            f"To check and score here, packages are missing: {error.name}.", hint=_HINT
        ) from error
    return local


def tell_notes(verdicts: "list[Verdict]", output: Output) -> None:
    """Say what is good to know."""
    for verdict in verdicts:
        for note in verdict.notes:
            output.say(note)


def refuse(verdicts: "list[Verdict]") -> None:
    """Let verdicts pass without problems. Raises: SubmissionRejected."""
    problems = [problem for verdict in verdicts for problem in verdict.problems]
    if problems:
        count = sum(verdict.problem_count for verdict in verdicts)
        things = "1 thing is" if count == 1 else f"{count} things are"
        raise SubmissionRejected(
            f"{things} wrong with the upload.",
            code=problems[0]["code"],
            details={"problems": problems},
        )


def _document(verdict: "Verdict") -> dict[str, Any]:
    whole = asdict(verdict)
    return {name: whole[name] for name in ("task", "problems", "problem_count", "notes")}
