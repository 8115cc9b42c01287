"""Fixed words for every ending: nothing that a scorer prints reaches a participant."""

from evaluator.codes import Code

# One sentence or two: what happened, and what to do now. Problems of the check bring their own.
SENTENCES: dict[Code, str] = {
    Code.TIME_LIMIT: "Scoring took longer than the {seconds:g} seconds that this phase allows.",
    Code.MEMORY_LIMIT: "Scoring needed more than the {memory} of memory that this phase allows.",
    Code.PROCESS_LIMIT: "Scoring started more processes than this phase allows.",
    Code.OUTPUT_LIMIT: "Scoring wrote more than the {output} that this phase allows.",
    Code.ARCHIVE_TOO_LARGE: "Unpacked, the archive takes more than the {scratch} of this phase.",
    Code.SCORER_CRASHED: "The scorer stopped with an error.",
    Code.OUTPUT_MISSING: "The scoring program ended without writing a result.",
    Code.OUTPUT_UNSAFE: "The scoring program wrote something that is not a plain file.",
    Code.RESULT_INVALID: "The scoring program wrote a result that cannot be read.",
    Code.SCORE_MISSING: "The scoring program wrote a result without all of its scores.",
    Code.SCORE_NOT_FINITE: "The scoring program wrote a score that is not a finite number.",
    Code.HOST_LOST: "The machines that scored this were lost three times in a row.",
    Code.IMAGE_UNAVAILABLE: "The image of this phase's scoring program is not on the machine.",
    Code.INPUT_UNAVAILABLE: "A file that scoring needs could not be had.",
    Code.SANDBOX_FAILED: "The sandbox could not be started.",
    Code.CANCELLED: "The submission was cancelled.",
}
NOT_YOUR_FAULT = " The organisers have been told; this costs your team nothing."
YOUR_FAULT = " Check the upload and hand it in again."


def mebibytes(number: int) -> str:
    """Return bytes as people read them: `512 MiB`, `4 GiB`."""
    gib = number / 1024**3
    return f"{gib:g} GiB" if gib >= 1 else f"{number / 1024**2:.0f} MiB"
