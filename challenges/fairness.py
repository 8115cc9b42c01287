"""Whose turn it is: a fair order of what waits, as a plain function."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Waiting:
    """An evaluation in the queue, with what its turn depends on."""

    evaluation_id: UUID
    attempt: int
    submission_id: UUID
    challenge_id: int
    team_id: int
    is_rescore: bool
    challenge_served_at: datetime | None = None  # when one of the challenge was last started
    team_served_at: datetime | None = None


@dataclass
class _Party:
    """A challenge or a team while turns are dealt: fewest running first, then longest unserved."""

    running: int
    served_at: datetime
    turns: int = 0

    @property
    def claim(self) -> tuple[int, int, datetime]:
        return (self.running, self.turns, self.served_at)

    def serve(self) -> None:
        self.running += 1
        self.turns += 1


@dataclass
class _Table:
    """The queues of the teams of each challenge."""

    queues: dict[int, dict[int, deque[Waiting]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(deque))
    )
    challenges: dict[int, _Party] = field(default_factory=dict)
    teams: dict[int, _Party] = field(default_factory=dict)


def fair_order(
    waiting: Sequence[Waiting],
    *,
    running_by_challenge: Mapping[int, int],
    running_by_team: Mapping[int, int],
) -> Iterator[Waiting]:
    """Yield the evaluations in the order of their turns.

    Challenges take turns, and within a challenge its teams; each team's own come as they were
    handed in (`waiting` is in that order). Who has less running, then who was served longest ago,
    is first. Re-scores come after everything live.
    """
    for is_rescore in (False, True):
        rows = [row for row in waiting if row.is_rescore is is_rescore]
        yield from _deal(_table(rows, running_by_challenge, running_by_team))


def _table(
    rows: Sequence[Waiting],
    running_by_challenge: Mapping[int, int],
    running_by_team: Mapping[int, int],
) -> _Table:
    table = _Table()
    for row in rows:
        table.queues[row.challenge_id][row.team_id].append(row)
        table.challenges.setdefault(
            row.challenge_id,
            _Party(running_by_challenge.get(row.challenge_id, 0), row.challenge_served_at or NEVER),
        )
        table.teams.setdefault(
            row.team_id, _Party(running_by_team.get(row.team_id, 0), row.team_served_at or NEVER)
        )
    return table


def _deal(table: _Table) -> Iterator[Waiting]:
    while table.queues:
        challenge = min(table.queues, key=lambda key: table.challenges[key].claim)
        teams = table.queues[challenge]
        team = min(teams, key=lambda key: table.teams[key].claim)
        yield teams[team].popleft()
        table.challenges[challenge].serve()
        table.teams[team].serve()
        if not teams[team]:
            del teams[team]
        if not teams:
            del table.queues[challenge]
