"""Trouble with uploads that come in many pieces; `problems` is what programs get besides."""

from collections.abc import Mapping

from challenges.errors import ChallengeError

SHOWN_PROBLEMS = 3


def _mebibytes(number: int) -> str:
    return f"{number / 1024**2:,.1f} MiB"


class ManifestInvalid(ChallengeError):
    """The list of the files of an upload cannot be taken; `details` names each place."""

    code = "manifest-invalid"

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        shown = [f"{place}: {text}" for place, text in self.problems.items()][:SHOWN_PROBLEMS]
        more = len(self.problems) - len(shown)
        rest = f" And {more} more." if more else ""
        text = " ".join(part if part.endswith(".") else f"{part}." for part in shown)
        super().__init__(f"The list of files cannot be taken. {text}{rest}")


class TooManyFiles(ChallengeError):
    """An upload has more files than any may have."""

    code = "too-many-files"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"An upload has at most {limit:,} files. Use larger chunks, shards, or an archive."
        )


class TooMuchUnfinished(ChallengeError):
    """A team has begun more uploads, or sent more bytes, than may wait to be handed in."""

    code = "too-much-unfinished"

    @classmethod
    def bytes_over(cls, kept: int, limit: int, days: int) -> "TooMuchUnfinished":
        """Return the error about bytes."""
        return cls(
            f"With this upload, {_mebibytes(kept)} of your team's files would be here that no "
            f"submission uses, and {_mebibytes(limit)} may be. Hand in what is here, or wait: what "
            f"is not used is forgotten after {days} days."
        )

    @classmethod
    def uploads_over(cls, limit: int) -> "TooMuchUnfinished":
        """Return the error about the number of uploads."""
        return cls(
            f"Your team is sending {limit} uploads at once, which is as many as may be. Finish or "
            "delete one first."
        )


class UploadExpired(ChallengeError):
    """Nothing has come of an upload for too long."""

    code = "upload-expired"

    def __init__(self) -> None:
        super().__init__("This upload has expired. Begin it again: what is here need not be sent.")


class UploadFinished(ChallengeError):
    """An upload has been handed in and takes nothing more."""

    code = "upload-finished"

    def __init__(self) -> None:
        super().__init__("This upload has been handed in; see its submission.")


class UploadIncomplete(ChallengeError):
    """An upload cannot be handed in before all of it is here."""

    code = "upload-incomplete"

    def __init__(self, missing_files: int, missing_bytes: int) -> None:
        self.problems = {"missing_files": missing_files, "missing_bytes": missing_bytes}
        super().__init__(
            f"{missing_files:,} files of the upload ({_mebibytes(missing_bytes)}) are still "
            "missing. Send them, then hand it in."
        )


class BlobMismatch(ChallengeError):
    """Bytes do not have the digest or size under which they came; whole files before them stay."""

    code = "blob-mismatch"

    def __init__(self, digest: str, reason: str) -> None:
        self.problems = {"sha256": digest, "reason": reason}
        super().__init__(f"The file with the SHA-256 {digest} is not taken: {reason}.")


class OffsetMismatch(ChallengeError):
    """A part of a large file does not begin where the site's bytes end; `details` says where."""

    code = "offset-mismatch"

    def __init__(self, offset: int) -> None:
        self.problems = {"offset": offset}
        super().__init__(f"{offset:,} bytes of this file are here. Go on from there.")


class PackCutOff(ChallengeError):
    """A pack or part ended before its declared length; what was whole of it is kept."""

    code = "pack-cut-off"

    def __init__(self) -> None:
        super().__init__("The connection broke off. What came whole is kept; send the rest again.")


class StorageFull(ChallengeError):
    """The site has no room left; nothing is half stored."""

    code = "storage-full"

    def __init__(self) -> None:
        super().__init__(
            "The site's disk is full. What came whole is kept. Tell those who run the site, and "
            "send the rest later."
        )
