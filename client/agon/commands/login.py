"""`agon login`."""

import os
import sys
from argparse import ArgumentParser, Namespace

from agon.config import TOKEN_VARIABLE
from agon.context import Context
from agon.credentials import Credential, Credentials
from agon.errors import NotSignedIn, UsageWrong
from agon.models import Person
from agon.output import Output
from agon.signing_in import DeviceCode
from agon.site import SCOPES, Site


def arguments(parser: ArgumentParser) -> None:
    """How to sign in, and what for."""
    parser.add_argument(
        "--token",
        metavar="-",
        choices=["-"],
        help="read a token from standard input, where there is no browser",
    )
    parser.add_argument(
        "--scope",
        choices=["read", "submit", "organise"],
        action="append",
        help="what to ask for; repeat for each (default: read and submit)",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")


def run(options: Namespace, context: Context) -> None:
    """Sign in, and keep the token in a file that only you can read."""
    site, output = context.site, context.output
    _warn_of_plain_http(site.url, output)
    person = _with_token(site) if options.token else _in_browser(site, options, output)
    if output.is_json:
        output.document({"site": site.url, "name": person.name, "email": person.email})
        return
    output.line(f"Signed in to {site.url} as {person.name}.")
    if os.environ.get(TOKEN_VARIABLE):
        output.say(f"{TOKEN_VARIABLE} is set, and goes before what was stored now.")


def _with_token(site: Site) -> Person:
    site.transport.token = _token_from_stdin()
    person = site.me()
    Credentials.load().remember(site.url, Credential(site.transport.token, person.name))
    return person


def _token_from_stdin() -> str:
    token = sys.stdin.readline().strip()
    if not token or not token.isascii() or not token.isprintable():
        raise UsageWrong(
            "There is no token on standard input.",
            hint='Write for example: printf %s "$TOKEN" | agon login --token -',
        )
    return token


def _in_browser(site: Site, options: Namespace, output: Output) -> Person:
    if not sys.stdin.isatty():
        raise NotSignedIn(
            "There is no terminal, so nobody can confirm a code.",
            hint="Make a token on the page of your account, then: agon login --token - < FILE, "
            "or set AGON_TOKEN.",
        )

    def tell(code: DeviceCode) -> None:
        # Not for --quiet to hide: without it nobody can go on.
        output.err.write(f"Open {code.address} and confirm the code {code.user_code}.\n")
        if not options.no_browser and _has_browser():
            import webbrowser  # noqa: PLC0415 - most commands need none

            webbrowser.open(code.address)

    return site.sign_in(options.scope or SCOPES, tell=tell)


def _has_browser() -> bool:
    """Return whether a browser would open where the person sits."""
    if "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform in {"darwin", "win32"} or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )


def _warn_of_plain_http(url: str, output: Output) -> None:
    host = url.partition("://")[2].partition("/")[0].rpartition(":")[0] or url
    if url.startswith("http://") and host not in {"localhost", "127.0.0.1", "[::1]"}:
        output.say(f"{url} is not encrypted: whoever sees your traffic can take your token.")
