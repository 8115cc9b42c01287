"""Trouble that a person can act on; `web` turns each into a page, a partial or JSON."""

from datetime import datetime
from typing import ClassVar


class ChallengeError(Exception):
    """Root of the domain's errors: a `code` for programs, a sentence for people."""

    code: ClassVar[str] = "challenge-error"


def when(moment: datetime) -> str:
    """Return a time as sentences show it: with seconds and zone."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


class PhaseNotOpen(ChallengeError):
    """A submission came before the phase opens."""

    code = "phase-not-open"

    def __init__(self, phase: str, opens_at: datetime) -> None:
        super().__init__(f"Phase '{phase}' opens on {when(opens_at)}. Submit again after that.")


class PhaseClosed(ChallengeError):
    """A submission came after the phase closed."""

    code = "phase-closed"

    def __init__(self, phase: str, closed_at: datetime) -> None:
        super().__init__(f"Phase '{phase}' closed on {when(closed_at)}; it takes no more uploads.")


class SubmissionQuotaExceeded(ChallengeError):
    """A team has used the submissions of the day or of the phase."""

    code = "submission-quota-exceeded"

    def __init__(self, *, phase: str, limit: int, retry_at: datetime | None) -> None:
        self.retry_at = retry_at
        if retry_at is None:
            text = f"Phase '{phase}' takes {limit} submissions in all and your team has used them."
        else:
            text = (
                f"Phase '{phase}' takes {limit} submissions a day and your team has used them. "
                f"Submit again after {when(retry_at)}."
            )
        super().__init__(text)


class TooManyInFlight(ChallengeError):
    """A team has as many submissions waiting or running as the phase allows."""

    code = "too-many-in-flight"

    def __init__(self, *, phase: str, limit: int) -> None:
        super().__init__(
            f"{limit} of your team's submissions to phase '{phase}' are still being scored, "
            "which is as many as may be at once. Submit again when one is done."
        )


class UploadTooLarge(ChallengeError):
    """An upload is larger than the phase allows."""

    code = "upload-too-large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The upload is larger than the {limit_bytes / 1024**2:,.0f} MiB that this phase "
            "takes. Compress the arrays or store smaller types."
        )


class UploadEmpty(ChallengeError):
    """An upload has no bytes, or no file was chosen."""

    code = "upload-empty"

    def __init__(self) -> None:
        super().__init__("The upload is empty. Choose a file with your predictions.")


class UploadNameInvalid(ChallengeError):
    """The name of an uploaded file cannot be used."""

    code = "upload-name-invalid"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file's name cannot be used: {reason}")


class MetadataInvalid(ChallengeError):
    """What was said with a submission does not fit what the challenge asks for."""

    code = "metadata-invalid"

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        lines = "; ".join(f"{field}: {text}" for field, text in problems.items())
        super().__init__(f"Mend the details of the submission: {lines}.")


class RulesNotAccepted(ChallengeError):
    """Somebody tried to join without accepting the rules."""

    code = "rules-not-accepted"

    def __init__(self) -> None:
        super().__init__("Accept the rules of the challenge to take part.")


class NotTakingPart(ChallengeError):
    """Somebody who is in no team of the challenge tried to act for one."""

    code = "not-taking-part"

    def __init__(self, challenge: str) -> None:
        super().__init__(f"Join '{challenge}' first: open its page and accept the rules.")


class TeamNameTaken(ChallengeError):
    """Another team of the challenge has the name."""

    code = "team-name-taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"Another team is called '{name}'. Choose another name.")


class TeamNameInvalid(ChallengeError):
    """A name that cannot be shown."""

    code = "team-name-invalid"

    def __init__(self) -> None:
        super().__init__("A team's name has 2 to 60 visible characters.")


class InvitationInvalid(ChallengeError):
    """An invitation link leads nowhere."""

    code = "invitation-invalid"

    def __init__(self) -> None:
        super().__init__("This invitation is no longer valid. Ask the team for a new link.")


class TeamChangeRefused(ChallengeError):
    """A person cannot change teams now; the text says why."""

    code = "team-change-refused"


class NotCancellable(ChallengeError):
    """A submission has ended already."""

    code = "not-cancellable"

    def __init__(self) -> None:
        super().__init__("The submission has already been scored or has ended otherwise.")


class RescoreNeeded(ChallengeError):
    """A new revision changes how submissions that exist were scored."""

    code = "rescore-needed"

    def __init__(self, tasks: list[str], submissions: int) -> None:
        super().__init__(
            f"The scorer or truth of {', '.join(tasks)} has changed, and {submissions} submissions "
            "were scored under the old one. Load with --rescore to score all of them again."
        )


class PhaseInUse(ChallengeError):
    """A new revision leaves out a phase or task that has submissions."""

    code = "phase-in-use"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} has submissions and cannot be left out of challenge.yaml.")


class TokenNameTaken(ChallengeError):
    """The person has another token of that name."""

    code = "token-name-taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"You have a token called '{name}'. Choose another name, or revoke it.")


class TooManyTokens(ChallengeError):
    """The person has as many tokens as one may have."""

    code = "too-many-tokens"

    def __init__(self, limit: int) -> None:
        super().__init__(f"You have {limit} tokens, which is the most. Revoke some first.")


class PushRefused(ChallengeError):
    """Somebody pushed a challenge that is not theirs, or one that the site does not have yet."""

    code = "push-refused"

    def __init__(self, slug: str | None) -> None:
        what = f"challenge '{slug}'" if slug else "challenges"
        super().__init__(
            f"You may not push {what}. Its organisers may, once the people who run this site have "
            "loaded it for the first time."
        )


class ArchiveRefused(ChallengeError):
    """The archive of a challenge is not one that can be unpacked."""

    code = "archive-refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The archive of the challenge is not taken. {reason}")


class PushTooLarge(ChallengeError):
    """The archive of a challenge is larger than the site takes."""

    code = "push-too-large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The archive is larger than the {limit_bytes / 1024**2:,.0f} MiB that this site takes "
            "at once. Ask the people who run it to load the challenge from its folder."
        )
