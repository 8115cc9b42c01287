"""`agon logout`."""

from argparse import ArgumentParser, Namespace

from agon.context import Context
from agon.credentials import BROWSER, TYPED, Credentials
from agon.errors import NotFound, NotSignedIn
from agon.transport import Request, Transport, api_path


def arguments(_: ArgumentParser) -> None:
    """It takes none."""


def run(_: Namespace, context: Context) -> None:
    """Forget the token; one that the browser gave is made void on the site, too.

    A token that you made yourself stays good: other programs may use it.
    """
    url, output = context.site.url, context.output
    credentials = Credentials.load()
    stored = credentials.sites.get(url)
    if stored is None:
        raise NotSignedIn(f"Nobody is signed in to {url} here.")
    try:
        if stored.source == BROWSER:
            _make_void(url, stored.token)
    finally:  # also when the site cannot be reached: here it is gone
        credentials.forget(url)
    if output.is_json:
        output.document({"site": url})
        return
    output.line(f"Signed out of {url}.")
    if stored.source == TYPED:
        output.say("The token itself still works; delete it on the page of your account.")


def _make_void(url: str, token: str) -> None:
    transport = Transport(url, token)
    try:
        transport.call(Request("DELETE", api_path("me/tokens/current")))
    except (NotSignedIn, NotFound):  # it was void already
        return
    finally:
        transport.close()
