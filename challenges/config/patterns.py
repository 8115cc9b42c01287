"""Brace patterns for lists of cases: `case-{01..20}`, `{north,south}-1`."""

import itertools
import re

MAX_CASES = 10_000


def expand(pattern: str) -> list[str]:
    """Return every name of a brace pattern, in order; a name without braces gives itself.

    Raises: ValueError for a range that runs backwards or a pattern of more than 10,000 names.
    """
    parts = re.split(r"\{([^{}]*)\}", pattern)
    choices = [_choices(part) if n % 2 else [part] for n, part in enumerate(parts)]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MAX_CASES:
        raise ValueError(f"'{pattern}' stands for {total} names; the limit is {MAX_CASES}")
    return ["".join(combination) for combination in itertools.product(*choices)]


def _choices(braces: str) -> list[str]:
    span = re.fullmatch(r"(\d+)\.\.(\d+)", braces)
    if span is None:
        return [choice.strip() for choice in braces.split(",")]
    first, last = int(span[1]), int(span[2])
    if last < first:
        raise ValueError(f"the range {{{braces}}} runs backwards")
    if last - first >= MAX_CASES:
        raise ValueError(f"the range {{{braces}}} has more than {MAX_CASES} names")
    return [str(number).zfill(len(span[1])) for number in range(first, last + 1)]


def matches(name: str, pattern: str) -> bool:
    """True when `name` is one of the pattern's names; `[…]`, `*` and `?` work as in a shell."""
    from_shell = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    from_shell = re.sub(r"\\\[(.*?)\\\]", lambda m: f"[{m[1].replace(chr(92), '')}]", from_shell)
    return re.fullmatch(from_shell, name) is not None
