"""`agon leaderboard`."""

from argparse import ArgumentParser, Namespace

from agon.context import Context


def arguments(parser: ArgumentParser) -> None:
    """Which leaderboard, and which side of it."""
    parser.add_argument("challenge", metavar="CHALLENGE", help="its short name")
    parser.add_argument("--phase", "-p", metavar="PHASE", help="needed if there are several")
    parser.add_argument("--board", metavar="BOARD", help="one of several leaderboards")
    parser.add_argument("--split", choices=["public", "private", "all"], help="which side of it")
    parser.add_argument("--top", metavar="N", type=int, help="only so many rows")


def run(options: Namespace, context: Context) -> None:
    """Show who leads."""
    challenge, output = context.site.challenge(options.challenge), context.output
    board = challenge.phase(options.phase).leaderboard(options.board, split=options.split)
    if output.is_json:
        output.document({**board.raw, "rows": board.raw["rows"][: options.top]})
        return
    titles, rows = board.table()
    output.table(titles, rows[: options.top])
