"""Takes part in data challenges of an Agon site: `from agon import Site`."""

from typing import TYPE_CHECKING, Any

from agon.version import __version__

if TYPE_CHECKING:
    from agon.challenge import Challenge, Phase
    from agon.errors import ClientError, EvaluationFailed, SubmissionRejected
    from agon.leaderboard import Leaderboard
    from agon.site import Site
    from agon.submission import Submission

__all__ = [
    "Challenge",
    "ClientError",
    "EvaluationFailed",
    "Leaderboard",
    "Phase",
    "Site",
    "Submission",
    "SubmissionRejected",
    "__version__",
]

_HOMES = {
    "Challenge": "agon.challenge",
    "ClientError": "agon.errors",
    "EvaluationFailed": "agon.errors",
    "Leaderboard": "agon.leaderboard",
    "Phase": "agon.challenge",
    "Site": "agon.site",
    "Submission": "agon.submission",
    "SubmissionRejected": "agon.errors",
}


def __getattr__(name: str) -> Any:  # a class, of which each has another type
    """Load a public name when it is asked for: `agon --help` needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module 'agon' has no attribute '{name}'")
    from importlib import import_module  # noqa: PLC0415 - the command never comes here

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
