"""What a command says: data on stdout, the rest on stderr."""

import io
import json
import math
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from agon.errors import ClientError
from agon.progress import Progress, TerminalProgress

_GAP = "  "
_TROUBLE_SECONDS = 30.0


@dataclass
class Output:
    """Where to say it, and how: tables or JSON, with or without what is only good to know."""

    is_json: bool = False
    is_quiet: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    _told_at: float = -math.inf

    def document(self, data: object) -> None:
        """Write data as JSON, the whole output of a command with `--json`."""
        is_plain = "utf" not in (self.out.encoding or "utf").lower()
        self.out.write(json.dumps(data, indent=2, ensure_ascii=is_plain) + "\n")

    def line(self, text: str) -> None:
        """Write a line of data."""
        self.out.write(f"{printable(text)}\n")

    def block(self, text: str) -> None:
        """Write lines of data, such as a log."""
        for line in text.splitlines():
            self.line(line)

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table: columns of numbers to the right, the others to the left."""
        for line in table_lines(titles, rows):
            self.out.write(f"{line}\n")

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Write names and values, one a line; what has no value is left out."""
        known = [(name, printable(value)) for name, value in pairs if value]
        width = max((len(name) for name, _ in known), default=0)
        for name, value in known:
            self.out.write(f"{name:<{width}}{_GAP}{value}\n")

    def say(self, text: str) -> None:
        """Tell the person something that is no data."""
        if not self.is_quiet:
            self.err.write(f"{printable(text)}\n")

    def error(self, error: ClientError) -> None:
        """Tell what went wrong and what to do; with `--json` also in one line of JSON."""
        if self.is_json:
            document = {
                "code": error.code,
                "message": str(error),
                "hint": error.hint,
                "details": error.details,
            }
            self.err.write(f"{json.dumps(document, ensure_ascii=False, default=str)}\n")
            return
        self.err.write(f"agon: {printable(str(error))}\n")
        for problem in problem_lines(error):
            self.err.write(f"  {printable(problem)}\n")
        if error.hint:
            self.err.write(f"{printable(error.hint)}\n")

    def trouble(self, error: ClientError) -> None:
        """Say that something goes wrong and is tried again, now and then."""
        if time.monotonic() - self._told_at > _TROUBLE_SECONDS:
            self._told_at = time.monotonic()
            if self.err.isatty() and not self.is_quiet:
                self.err.write("\r\x1b[K")  # over the line of a bar
            self.say(f"{error} Trying again …")

    def progress(self) -> Progress:
        """Return what tells how far something is: nothing when piped, quiet or for a program."""
        is_told = self.err.isatty() and not self.is_quiet and not self.is_json
        return TerminalProgress(self.err) if is_told else Progress()


def problem_lines(error: ClientError) -> list[str]:
    """Return what is wrong with a submission, one thing a line, unless the message says it."""
    found = error.details.get("problems")
    problems = found if isinstance(found, list) else []
    texts = [str(p.get("message", "")) for p in problems if isinstance(p, dict)]
    return [text for text in texts if text and text != str(error)]


def table_lines(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    cells = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(titles, *cells, strict=True)]
    are_numbers = [all(map(_is_number, column)) for column in zip(*cells, strict=True)]
    rights = are_numbers or [False] * len(titles)
    lines = []
    for row in [list(titles), *cells]:
        placed = zip(row, widths, rights, strict=True)
        cells_of_line = (c.rjust(width) if right else c.ljust(width) for c, width, right in placed)
        lines.append(_GAP.join(cells_of_line).rstrip())
    return lines


def tolerant(*streams: TextIO) -> None:
    """Let streams write a question mark for what their encoding does not know."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def printable(text: str) -> str:
    """Return text that a terminal shows and does not obey: names are what strangers chose."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\t" else "�" for c in text.replace("\n", " "))


def _is_number(cell: str) -> bool:
    return not cell or cell.lstrip("-").replace(".", "", 1).isdigit()
