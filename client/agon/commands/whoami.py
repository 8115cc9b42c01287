"""`agon whoami`."""

from argparse import ArgumentParser, Namespace

from agon.context import Context


def arguments(_: ArgumentParser) -> None:
    """It takes none."""


def run(_: Namespace, context: Context) -> None:
    """Show who is signed in, where they take part and what they organise."""
    person, output = context.own_site.me(), context.output
    if output.is_json:
        output.document(person.raw)
        return
    output.pairs(
        [
            ("Name", person.name),
            ("E-mail", person.email),
            ("Site", context.site.url),
            ("Organises", ", ".join(person.organises)),
        ]
    )
    if person.memberships:
        output.line("")
        rows = [(m.challenge, m.team) for m in person.memberships]
        output.table(["Challenge", "Team"], rows)
