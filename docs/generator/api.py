"""The REST API: its addresses from OpenAPI, its errors from the tables of the site."""

import json
from collections.abc import Iterator

from challenges.errors import ChallengeError
from docs.generator.markdown import code, sentence, table
from web.api import api
from web.api import errors as door
from web.api.door import TOKEN
from web.middleware import STATUSES

PREFIX = "/api/v1/"


def api_paths() -> str:
    """Return one row for each operation."""
    schema = api.get_openapi_schema(path_prefix=PREFIX)
    rows = [
        (
            f"`{method.upper()} {path.removeprefix(PREFIX)}`",
            _who(operation.get("security", [])),
            sentence(operation["description"].partition("\n\n")[0].replace("\n", " ")),
        )
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return table(("Operation", "For", "What it does"), rows)


def openapi() -> str:
    """Return the whole description, as a site serves it at `/api/v1/openapi.json`."""
    return (
        json.dumps(api.get_openapi_schema(path_prefix=PREFIX), indent=1, ensure_ascii=False) + "\n"
    )


def api_errors() -> str:
    """Return one row for each code of an error, by HTTP status."""
    rows = sorted({(int(status), code_, text) for code_, status, text in _errors()})
    return table(
        ("Status", "Code", "When"),
        [(str(status), code(code_), text) for status, code_, text in rows],
    )


def error_codes() -> set[str]:
    """Return every code that the API may answer with."""
    return {code_ for code_, _, _ in _errors()}


def _errors() -> Iterator[tuple[str, int, str]]:
    for error, status in STATUSES.items():
        yield error.code, status, _first_line(error)
    for kind in _subclasses(door.ApiError):
        yield kind.code, kind.status, _first_line(kind)
    yield "not-signed-in", 401, "The request needs a token or a session, and has none that holds."
    yield "method-not-allowed", 405, "The address does not know this method."
    yield "request-too-large", 413, "A field other than the file is too large."
    yield "internal-error", 500, "Something went wrong on the site's side; it has been noted."


def _subclasses(kind: type[door.ApiError]) -> Iterator[type[door.ApiError]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _subclasses(inner)


def _first_line(error: type[ChallengeError | door.ApiError]) -> str:
    return sentence((error.__doc__ or "").partition("\n")[0].partition(";")[0])


def _who(security: list[dict[str, list[str]]]) -> str:
    names = {name for choice in security for name in choice}
    scopes = [scope for choice in security for scope in choice.get(TOKEN, ())]
    if {} in security:
        return "everybody"
    if TOKEN not in names:
        return "signed in with a browser"
    return f"scope {code(scopes[0])}"
