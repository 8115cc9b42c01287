"""What can go wrong, each with a sentence for people, a code for programs and an exit code."""

from collections.abc import Mapping

from agon.exits import Exit


class ClientError(Exception):
    """Root of all errors of this package.

    `code` is for programs: the site's own where it gave one. `hint` says what to do next where
    the message alone does not. `details` is what the site added.
    """

    exit_code = Exit.REFUSED
    code = "refused"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        hint: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        self.code = code or type(self).code
        self.hint = hint
        self.details = dict(details or {})
        super().__init__(message)


class Refused(ClientError):
    """The site said no; message and code are its own. `status` is the HTTP status."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        status: int = 0,
        hint: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        self.status = status
        super().__init__(message, code=code, hint=hint, details=details)


class AnswerUnknown(ClientError):
    """The site answered something that this version does not understand."""

    code = "answer-unknown"


class UsageWrong(ClientError):
    """The command cannot be carried out as it was written."""

    exit_code = Exit.USAGE
    code = "usage-wrong"


class UploadUnfit(UsageWrong):
    """A file or folder cannot be sent as it is."""

    code = "upload-unfit"


class FilesDiffer(UsageWrong):
    """Files that are here already differ from those of the site."""

    code = "files-differ"


class ExtraMissing(UsageWrong):
    """Something needs packages that are not installed."""

    code = "extra-missing"


class NotSignedIn(ClientError):
    """The site wants to know who asks."""

    exit_code = Exit.NOT_SIGNED_IN
    code = "not-signed-in"


class NotFound(ClientError):
    """There is no such thing, or you may not know of it."""

    exit_code = Exit.NOT_FOUND
    code = "not-found"


class SubmissionRejected(ClientError):
    """Something is wrong with a submission; `details` lists what to mend."""

    exit_code = Exit.REJECTED
    code = "rejected"


class EvaluationFailed(ClientError):
    """An evaluation ended without a score, and the submission is not at fault."""

    exit_code = Exit.FAILED
    code = "failed"


class SiteUnreachable(ClientError):
    """The site cannot be reached or does not answer; `retry_after`: seconds, if it said so."""

    exit_code = Exit.NETWORK
    code = "network"

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message, hint=hint)


class TooOften(SiteUnreachable):
    """The site takes no more requests for a while."""

    exit_code = Exit.REFUSED
    code = "rate-limited"


class TimeIsUp(ClientError):
    """What was waited for did not come in the time that was given."""

    exit_code = Exit.NETWORK
    code = "time-is-up"
