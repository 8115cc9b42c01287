"""From what a sandbox did to an outcome: whose fault it was, and in which words."""

from evaluator.codes import Code, Status
from evaluator.host.sentences import NOT_YOUR_FAULT, SENTENCES, YOUR_FAULT, mebibytes
from evaluator.inside.orders import Report
from evaluator.jobs import Resources
from evaluator.outcomes import Outcome
from evaluator.sandbox.base import End, Run

END_CODES: dict[End, Code] = {
    End.TIME_LIMIT: Code.TIME_LIMIT,
    End.MEMORY_LIMIT: Code.MEMORY_LIMIT,
    End.PROCESS_LIMIT: Code.PROCESS_LIMIT,
    End.OUTPUT_LIMIT: Code.OUTPUT_LIMIT,
    End.UNSAFE_OUTPUT: Code.OUTPUT_UNSAFE,
    End.CANCELLED: Code.CANCELLED,
    End.EXITED: Code.SCORER_CRASHED,
}
# With our own code in the sandbox, only the upload can be why one of these was met.
UPLOAD_AT_FAULT = frozenset({Code.TIME_LIMIT, Code.MEMORY_LIMIT, Code.ARCHIVE_TOO_LARGE})


def rejected(report: Report) -> Outcome:
    """Return the outcome of a submission that the check found wanting."""
    first = report.problems[0]
    more = report.problem_count - 1
    also = (
        f" There {'is' if more == 1 else 'are'} {more} more to mend, listed below." if more else ""
    )
    return Outcome(
        status=Status.REJECTED,
        code=first.code,
        message=first.message + also,
        problems=report.problems,
        notes=report.notes,
    )


def failed(code: Code, resources: Resources | None = None) -> Outcome:
    """Return the outcome of a run for which the submission is not at fault."""
    return Outcome(
        status=Status.FAILED, code=code, message=_sentence(code, resources) + NOT_YOUR_FAULT
    )


def stopped_in_check(run: Run, resources: Resources) -> Outcome:
    """Return the outcome when our own code inside the sandbox did not end cleanly."""
    code = END_CODES[run.end]
    if code is Code.OUTPUT_LIMIT:
        code = Code.ARCHIVE_TOO_LARGE  # our code writes nothing large but the unpacked archive
    if code in UPLOAD_AT_FAULT:
        return Outcome(
            status=Status.REJECTED, code=code, message=_sentence(code, resources) + YOUR_FAULT
        )
    return _cancelled() if code is Code.CANCELLED else failed(code, resources)


def stopped_in_program(run: Run, resources: Resources) -> Outcome:
    """Return the outcome when the organiser's program did not end cleanly."""
    code = END_CODES[run.end]
    return _cancelled() if code is Code.CANCELLED else failed(code, resources)


def _cancelled() -> Outcome:
    code = Code.CANCELLED
    return Outcome(status=Status.CANCELLED, code=code, message=SENTENCES[code])


def _sentence(code: Code, resources: Resources | None) -> str:
    limits = resources or Resources()
    return SENTENCES[code].format(
        seconds=limits.wall_seconds,
        memory=mebibytes(limits.memory_bytes),
        output=mebibytes(limits.output_bytes),
        scratch=mebibytes(limits.scratch_bytes),
    )
