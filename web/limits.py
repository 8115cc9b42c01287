"""How often somebody may ask: one table of limits, in requests a minute."""

import re
from collections.abc import Mapping

from challenges.config.problems import did_you_mean

MINUTE = 60.0  # seconds
# A board or a submission fifty times a second; scripts that hand in; the many small requests of
# which downloads and uploads of stores are made; a whole university behind one address.
DEFAULTS: Mapping[str, int] = {
    "read": 3000,
    "write": 300,
    "files": 30_000,
    "uploads": 12_000,
    "challenges": 30,
    "anonymous": 1200,
    "sign-in": 120,
}
_WORD = re.compile(r"^\s*([a-z-]+)\s*=\s*([1-9][0-9]{0,8})\s*$")


def parse_limits(text: str) -> dict[str, int]:
    """Return the requests a minute by name of the limit; what the text does not name is default.

    Raises: ValueError with a sentence for whoever wrote the text.
    """
    found = dict(DEFAULTS)
    for part in filter(str.strip, text.split(",")):
        match = _WORD.match(part)
        if match is None:
            raise ValueError(f"'{part.strip()}' is no limit; write for example read=3000")
        if match[1] not in DEFAULTS:
            raise ValueError(f"unknown limit '{match[1]}'{did_you_mean(match[1], DEFAULTS)}")
        found[match[1]] = int(match[2])
    return found
