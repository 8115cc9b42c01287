"""The commands: names, and the modules that are loaded when they are meant."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A command: its module below agon.commands, and what it does in one line."""

    module: str
    summary: str


COMMANDS = {
    "login": Command("login", "sign in to a site, in the browser or with a token"),
    "logout": Command("logout", "sign out and forget the token"),
    "whoami": Command("whoami", "who you are on the site, and where you take part"),
    "challenges": Command("challenges", "the challenges of the site"),
    "show": Command("show", "one challenge: phases, limits, what to hand in"),
    "join": Command("join", "accept the rules of a challenge and take part"),
    "teams": Command("teams", "your team: show it, invite others, accept an invitation"),
    "data": Command("data", "download the public files of a challenge"),
    "check": Command("check", "check an upload here, as the site will"),
    "score": Command("score", "score predictions here, against truth that you have"),
    "submit": Command("submit", "hand in a folder, a file or an archive"),
    "submissions": Command("submissions", "your team's submissions"),
    "status": Command("status", "how a submission is doing, with its scores"),
    "logs": Command("logs", "what the scoring printed, for organisers"),
    "cancel": Command("cancel", "end what waits or runs of a submission"),
    "choose": Command("choose", "have a submission ranked, where teams choose"),
    "download": Command("download", "your own upload back"),
    "leaderboard": Command("leaderboard", "who leads"),
    "quota": Command("quota", "what your team may still hand in"),
    "challenge": Command("challenge", "for organisers: push, pull, rescore, export"),
    "completion": Command("completion", "make your shell complete commands and options"),
}
