"""One site that hosts challenges: where everything of this package begins."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from agon.challenge import Challenge
from agon.credentials import BROWSER, Credential, Credentials, chosen_door
from agon.models import ChallengeSummary, MembershipInfo, Person
from agon.patience import Patience
from agon.reading import read
from agon.submission import Submission
from agon.transport import Transport, below

if TYPE_CHECKING:
    from agon.signing_in import DeviceCode

SCOPES = ("read", "submit")


class Site:
    """A site, and you on it.

    Without an address it is that of AGON_SITE, or the one that `agon login` signed in to last.
    Without a token it is that of AGON_TOKEN, or the one that `agon login` has stored; without any,
    it shows what everybody may see. May be used by several threads at once.
    """

    def __init__(
        self, url: str | None = None, *, token: str | None = None, patience: Patience | None = None
    ) -> None:
        door = chosen_door(url, token, Credentials.load())
        self.url = door.site
        self.transport = Transport(door.site, door.token, patience=patience)

    def __repr__(self) -> str:
        return f"Site({self.url!r})"

    def __enter__(self) -> "Site":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def sign_in(
        self,
        scopes: Sequence[str] = SCOPES,
        *,
        tell: "Callable[[DeviceCode], None] | None" = None,
    ) -> Person:
        """Have somebody confirm a code in the browser; keep and use the token that comes of it.

        `tell` is given the address and the code; without it both are printed.
        Raises: NotSignedIn, ClientError.
        """
        from agon.signing_in import signed_in  # noqa: PLC0415 - once in many runs

        self.transport.token = ""
        self.transport.token = signed_in(self.transport, scopes, tell or _print_code)
        person = self.me()
        credential = Credential(self.transport.token, person.name, source=BROWSER)
        Credentials.load().remember(self.url, credential)
        return person

    def me(self) -> Person:
        """Return who you are. Raises: NotSignedIn."""
        document = self.transport.get("me")
        return read(Person, document, raw=document)

    def challenges(self) -> tuple[ChallengeSummary, ...]:
        """Return all challenges. Raises: ClientError."""
        document = self.transport.pages("challenges", "challenges")
        return tuple(read(ChallengeSummary, each) for each in document["challenges"])

    def challenge(self, slug: str) -> Challenge:
        """Return a challenge. Raises: NotFound."""
        return Challenge.load(self.transport, slug)

    def submission(self, submission: str) -> Submission:
        """Return a submission of your team or of your challenge. Raises: NotFound."""
        return Submission.load(self.transport, submission)

    def accept_invitation(self, link: str) -> MembershipInfo:
        """Accept the rules and become a member of the team whose invitation it is.

        Raises: ClientError.
        """
        word = link.strip().rstrip("/").rpartition("/")[2]
        wish = {"accepts_rules": True}
        document = self.transport.post(below("invitations", word, "accept"), wish)
        return read(MembershipInfo, document, raw=document)

    def close(self) -> None:
        """Close the connections that are idle."""
        self.transport.close()


def _print_code(code: "DeviceCode") -> None:
    sys.stdout.write(f"Open {code.address} and confirm the code {code.user_code}.\n")
    sys.stdout.flush()
