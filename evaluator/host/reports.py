"""The report of the check, read as what may have been written by somebody else's bytes."""

from pathlib import Path

from pydantic import ValidationError

from evaluator.inside.orders import Report
from evaluator.jobs import MIB

MAX_REPORT_BYTES = 2 * MIB  # 50 problems of 4,000 characters, and the names of many files


def read_report(path: Path) -> Report | None:
    """Return what the check has found; None for a report that is not one of ours.

    Our own code writes it, but beside an upload that may have taken that code over.
    """
    with path.open("rb") as file:
        content = file.read(MAX_REPORT_BYTES + 1)
    if len(content) > MAX_REPORT_BYTES:
        return None
    try:
        report = Report.model_validate_json(content)
    except ValidationError:
        return None
    problems = tuple(
        problem.model_copy(update={"path": plain(problem.path), "message": plain(problem.message)})
        for problem in report.problems
    )
    notes = tuple(plain(note) for note in report.notes)
    return report.model_copy(update={"problems": problems, "notes": notes})


def plain(text: str) -> str:
    """Return the text without control bytes.

    PostgreSQL takes no NUL, and a terminal that shows the text obeys others.
    """
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)
