"""`agon data`."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from agon.context import Context
from agon.downloads.fetching import Fetched
from agon.downloads.targets import chosen_files
from agon.output import Output
from agon.units import size


def arguments(parser: ArgumentParser) -> None:
    """Which challenge, which of its files, and where to."""
    parser.add_argument("challenge", metavar="CHALLENGE", help="its short name")
    parser.add_argument(
        "patterns", metavar="PATTERN", nargs="*", help="only files that fit, as 'train/*.zarr/*'"
    )
    parser.add_argument("--to", metavar="FOLDER", type=Path, help="where to (default: ./CHALLENGE)")
    parser.add_argument("--list", action="store_true", help="only say what there is")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace files here that differ from the site's"
    )


def run(options: Namespace, context: Context) -> None:
    """Download the public files of a challenge, in parallel; go on where an earlier run ended."""
    challenge, output = context.site.challenge(options.challenge), context.output
    patterns = tuple(options.patterns)
    if options.list:
        files = chosen_files(challenge.files(), patterns)
        if output.is_json:
            output.document({"files": [vars(file) for file in files]})
            return
        output.table(["File", "Size"], [(file.path, size(file.size)) for file in files])
        return
    folder = options.to or Path(challenge.slug)
    fetched = challenge.download(
        folder, *patterns, overwrite=options.overwrite, progress=output.progress()
    )
    tell_fetched(folder, fetched, output)


def tell_fetched(folder: Path, fetched: Fetched, output: Output) -> None:
    """Say where files are now, and how many had to come."""
    if output.is_json:
        output.document({"folder": str(folder), "files": fetched.files, "bytes": fetched.bytes})
        return
    output.line(str(folder))
    output.say(f"{fetched.files} files fetched ({size(fetched.bytes)}), all as the site has them.")
