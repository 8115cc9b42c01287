"""Challenges as the list shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from challenges.models import Challenge
from challenges.selectors.challenges import PhaseState, state_of
from web.pages import image_address

ORDER = {"open": 0, "upcoming": 1, "closed": 2}


@dataclass(frozen=True)
class Card:
    """One challenge with the phase that matters now."""

    challenge: Challenge
    phase: PhaseState
    image: str


def cards(challenges: Iterable[Challenge]) -> list[Card]:
    """Return the cards: open challenges first, those that close next in front."""
    found = [card for card in map(_card, challenges) if card is not None]
    return sorted(found, key=lambda card: (ORDER[card.phase.state], card.phase.phase.closes_at))


def _card(challenge: Challenge) -> Card | None:
    now = timezone.now()
    states = [PhaseState(phase, state_of(phase, now)) for phase in challenge.phases.all()]
    if not states:
        return None
    # Of equal states the first counts, but of closed ones the last.
    states = states if any(row.state != "closed" for row in states) else states[::-1]
    return Card(challenge, min(states, key=lambda row: ORDER[row.state]), image_address(challenge))
