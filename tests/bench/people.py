"""Makes people with tokens and teams; runs inside a site's own environment, prints JSON.

`python -m tests.bench.people NUMBER CHALLENGE...` prints a token for each person.
"""

import json
import sys

import django

django.setup()

from challenges.models import Challenge, User  # noqa: E402 - needs the settings
from challenges.services.joining import join  # noqa: E402
from challenges.services.tokens import create_token  # noqa: E402


def make_people(number: int, slugs: list[str]) -> list[str]:
    """Return the tokens of people who take part in all the challenges, each with a team."""
    challenges = list(Challenge.objects.filter(slug__in=slugs))
    tokens = []
    for n in range(number):
        user = User.objects.create_user(f"person-{n}@example.org", name=f"Person {n}")
        for challenge in challenges:
            join(challenge=challenge, user=user, team_name=f"Team {n:02}", accepts_rules=True)
        tokens.append(create_token(user=user, name="bench"))
    return tokens


if __name__ == "__main__":
    json.dump(make_people(int(sys.argv[1]), sys.argv[2:]), sys.stdout)
