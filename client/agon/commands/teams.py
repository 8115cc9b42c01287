"""`agon teams`."""

from argparse import ArgumentParser, Namespace

from agon.commands.verbs import Verbs, run
from agon.context import Context
from agon.models import Team
from agon.output import Output
from agon.units import moment

__all__ = ["arguments", "run"]


def arguments(parser: ArgumentParser) -> None:
    """What to do, and with which team."""
    verbs = Verbs(parser)
    show = verbs.add("show", _show, "show your team and its members")
    invite = verbs.add("invite", _invite, "print the link that invites others")
    invite.add_argument("--renew", action="store_true", help="a new link; the old one is void")
    accept = verbs.add("accept", _accept, "accept the rules and become a member of a team")
    accept.add_argument("link", metavar="LINK", help="the invitation that you were given")
    rename = verbs.add("rename", _rename, "give your team another name")
    leave = verbs.add("leave", _leave, "leave your team; what it handed in stays with it")
    for verb in (show, invite, rename, leave):
        verb.add_argument("challenge", metavar="CHALLENGE", help="its short name")
    rename.add_argument("name", metavar="NAME", help="the new name")


def _show(options: Namespace, context: Context) -> None:
    _tell(context.own_site.challenge(options.challenge).my_team(), context.output)


def _invite(options: Namespace, context: Context) -> None:
    challenge, output = context.own_site.challenge(options.challenge), context.output
    team = challenge.renew_invitation() if options.renew else challenge.my_team()
    if output.is_json:
        output.document({"invitation_url": team.invitation_url})
        return
    output.line(team.invitation_url or "")
    output.say(f"Whoever has this link can join {team.name}.")


def _accept(options: Namespace, context: Context) -> None:
    membership, output = context.own_site.accept_invitation(options.link), context.output
    if output.is_json:
        output.document(membership.raw)
        return
    output.line(f"You take part in {membership.title} with the team {membership.team}.")


def _rename(options: Namespace, context: Context) -> None:
    _tell(context.own_site.challenge(options.challenge).rename_team(options.name), context.output)


def _leave(options: Namespace, context: Context) -> None:
    context.own_site.challenge(options.challenge).leave_team()
    if context.output.is_json:
        context.output.document({"challenge": options.challenge, "team": None})
        return
    context.output.line(f"You have left your team in {options.challenge}.")


def _tell(team: Team, output: Output) -> None:
    if output.is_json:
        output.document(team.raw)
        return
    output.line(team.name)
    rows = [(f"{m.name} (you)" if m.is_you else m.name, moment(m.joined_at)) for m in team.members]
    output.table(["Member", "Since"], rows)
