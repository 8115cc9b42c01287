"""What a command is given: where to speak, and the site when it needs it."""

from functools import cached_property

from agon.errors import NotSignedIn
from agon.output import Output
from agon.site import Site


class Context:
    """One run of a command."""

    def __init__(self, output: Output, site: str | None) -> None:
        self.output = output
        self.named_site = site

    def __enter__(self) -> "Context":
        return self

    def __exit__(self, *_: object) -> None:
        if "site" in vars(self):
            self.site.close()

    @cached_property
    def site(self) -> Site:
        """The site that is meant. Raises: UsageWrong."""
        site = Site(self.named_site)
        site.transport.tell = self.output.trouble
        return site

    @property
    def own_site(self) -> Site:
        """The site, for what needs somebody. Raises: NotSignedIn, before anything is sent."""
        site = self.site
        if not site.transport.token:
            raise NotSignedIn(
                f"You are not signed in to {site.url}.",
                hint=f"Sign in with: agon login --site {site.url}",
            )
        return site
