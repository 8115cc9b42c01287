"""Where an evaluation is, how it ended, and the closed list of reasons."""

from enum import StrEnum


class Status(StrEnum):
    """Where an evaluation is; the last four are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SCORED = "scored"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """True when nothing moves the evaluation any more."""
        return self not in {Status.QUEUED, Status.RUNNING}


class Code(StrEnum):
    """Why an evaluation was rejected, failed or was cancelled. Each has a paragraph in the docs."""

    # The submission is at fault.
    ARCHIVE_INVALID = "archive-invalid"
    ARCHIVE_UNSAFE = "archive-unsafe"
    ARCHIVE_TOO_LARGE = "archive-too-large"
    CASE_MISSING = "case-missing"
    CASE_UNEXPECTED = "case-unexpected"
    FORMAT_INVALID = "format-invalid"
    SHAPE_MISMATCH = "shape-mismatch"
    DTYPE_MISMATCH = "dtype-mismatch"
    CODEC_NOT_ALLOWED = "codec-not-allowed"
    CHUNK_TOO_LARGE = "chunk-too-large"
    CHUNK_CORRUPT = "chunk-corrupt"
    CHUNK_MISSING = "chunk-missing"
    VALUE_NOT_FINITE = "value-not-finite"
    VALUE_OUT_OF_RANGE = "value-out-of-range"
    COLUMNS_MISMATCH = "columns-mismatch"
    ROWS_MISMATCH = "rows-mismatch"
    LABEL_ABSENT = "label-absent"
    # A limit of the phase was met; whose fault it is depends on whose code ran.
    TIME_LIMIT = "time-limit"
    MEMORY_LIMIT = "memory-limit"
    PROCESS_LIMIT = "process-limit"
    OUTPUT_LIMIT = "output-limit"
    # The scoring program or its result is at fault.
    SCORER_CRASHED = "scorer-crashed"
    OUTPUT_MISSING = "output-missing"
    OUTPUT_UNSAFE = "output-unsafe"
    RESULT_INVALID = "result-invalid"
    SCORE_MISSING = "score-missing"
    SCORE_NOT_FINITE = "score-not-finite"
    # The platform is at fault.
    HOST_LOST = "host-lost"
    IMAGE_UNAVAILABLE = "image-unavailable"
    INPUT_UNAVAILABLE = "input-unavailable"
    SANDBOX_FAILED = "sandbox-failed"
    # A person ended it.
    CANCELLED = "cancelled"
