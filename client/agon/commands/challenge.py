"""`agon challenge`, for organisers."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from agon.commands.data import tell_fetched
from agon.commands.verbs import Verbs, run
from agon.context import Context
from agon.organising.challenges import Organising
from agon.organising.template import write_template

__all__ = ["arguments", "run"]


def arguments(parser: ArgumentParser) -> None:
    """What to do, and with which challenge."""
    verbs = Verbs(parser)
    _add_folder_verbs(verbs)
    pull = verbs.add("pull", _pull, "download a challenge's folder, without the ground truth")
    pull.add_argument("--to", metavar="FOLDER", type=Path, help="where to (default: ./CHALLENGE)")
    pull.add_argument(
        "--revision", metavar="N", type=int, help="an earlier one (default: the last)"
    )
    pull.add_argument("--overwrite", action="store_true", help="replace files that differ")
    overview = verbs.add("overview", _overview, "show versions, and how often what went wrong")
    revisions = verbs.add("revisions", _revisions, "list what was pushed when, and by whom")
    rerun = verbs.add("rerun", _rerun, "queue every failed evaluation again")
    listing = verbs.add("submissions", _submissions, "list the submissions of all teams")
    listing.add_argument("--phase", "-p", metavar="PHASE", help="only of this phase")
    listing.add_argument("--status", metavar="STATUS", help="only these, for example failed")
    listing.add_argument("--code", metavar="CODE", help="only those that ended with this code")
    listing.add_argument("--team", metavar="TEXT", help="only of teams with this in their name")
    for verb in (pull, overview, revisions, rerun, listing):
        verb.add_argument("challenge", metavar="CHALLENGE", help="its short name")


def _add_folder_verbs(verbs: Verbs) -> None:
    init = verbs.add("init", _init, "write a small challenge to begin with")
    init.add_argument("folder", metavar="FOLDER", type=Path, help="its name is the short name")
    init.add_argument(
        "--organiser", metavar="E-MAIL", default="you@example.org", help="who may edit it"
    )
    check = verbs.add("check", _check, "have the site check a challenge's folder")
    push = verbs.add("push", _push, "make a folder the current revision of its challenge")
    push.add_argument(
        "--rescore", action="store_true", help="score again what the changes make stale"
    )
    push.add_argument("--baselines", action="store_true", help="hand in new baselines, too")
    for verb in (check, push):
        verb.add_argument("folder", metavar="FOLDER", type=Path, help="a challenge's folder")


def _init(options: Namespace, context: Context) -> None:
    folder, output = options.folder, context.output
    slug = folder.resolve().name
    files = write_template(folder, slug=slug, organiser=options.organiser)
    if output.is_json:
        output.document({"files": [str(file) for file in files]})
        return
    for file in files:
        output.line(str(file))
    output.say(f"Change it, then: agon challenge check {folder}")


def _check(options: Namespace, context: Context) -> None:
    found = _organising(context).check(options.folder)
    if context.output.is_json:
        context.output.document(found)
        return
    context.output.line(f"{found['challenge']}: nothing is wrong with its {found['files']} files.")


def _push(options: Namespace, context: Context) -> None:
    output = context.output
    pushed = _organising(context).push(
        options.folder, rescore=options.rescore, baselines=options.baselines
    )
    if output.is_json:
        output.document(pushed)
        return
    number = pushed["revision"]["number"]
    news = (
        f"is now at revision {number}" if pushed["is_new"] else f"was at revision {number} before"
    )
    output.line(f"{pushed['challenge']} {news}.")
    if pushed["requeued"]:
        output.say(f"{pushed['requeued']} evaluations are queued again.")


def _pull(options: Namespace, context: Context) -> None:
    organising, slug = _organising(context), options.challenge
    folder = options.to or Path(slug)
    revision = options.revision or organising.overview(slug)["revision"]["number"]
    fetched = organising.pull(
        slug,
        folder,
        revision=revision,
        overwrite=options.overwrite,
        progress=context.output.progress(),
    )
    tell_fetched(folder, fetched, context.output)


def _overview(options: Namespace, context: Context) -> None:
    found, output = _organising(context).overview(options.challenge), context.output
    if output.is_json:
        output.document(found)
        return
    revision = found["revision"]
    output.pairs([("Challenge", found["challenge"]), ("Revision", str(revision["number"]))])
    output.line("")
    output.table(["Ended", "Code", "Evaluations"], [_trouble(each) for each in found["troubles"]])


def _revisions(options: Namespace, context: Context) -> None:
    found, output = _organising(context).revisions(options.challenge), context.output
    if output.is_json:
        output.document(found)
        return
    output.table(["Revision", "Loaded", "By", "Digest"], map(_revision, found["revisions"]))


def _rerun(options: Namespace, context: Context) -> None:
    found = _organising(context).rerun(options.challenge)
    if context.output.is_json:
        context.output.document(found)
        return
    context.output.line(f"{found['evaluations']} evaluations are queued again.")


def _submissions(options: Namespace, context: Context) -> None:
    output = context.output
    wanted = {name: getattr(options, name) for name in ("phase", "status", "code", "team")}
    found = _organising(context).submissions(options.challenge, **wanted)
    if output.is_json:
        output.document(found)
        return
    titles = ["Submission", "Submitted", "Team", "Phase", "Method", "Status", "Code"]
    output.table(titles, map(_submission, found["submissions"]))


def _organising(context: Context) -> Organising:
    return Organising(context.own_site.transport)


def _trouble(count: dict[str, Any]) -> list[str]:
    return [count["status"], count["code"], str(count["number"])]


def _revision(row: dict[str, Any]) -> list[str]:
    by = row["loaded_by"] or ""
    return [str(row["number"]), row["loaded_at"], by, row["digest"][:12]]


def _submission(row: dict[str, Any]) -> list[str]:
    names = ("id", "submitted_at", "team", "phase", "method", "status", "code")
    return [str(row[name] or "") for name in names]
