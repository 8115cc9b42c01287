"""Keeps the entries of leaderboards equal to what the scores say."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import F

from challenges.config import Board
from challenges.models import Entry, Evaluation, Leaderboard, Split, Team
from challenges.ranking import Candidate, best
from challenges.selectors.team_scores import Scored, scored_submissions


def refresh(leaderboard: Leaderboard, team: Team) -> None:
    """Make the team's entries what its scores say now; call inside a transaction."""
    # The lock makes two results of one team take turns; the version tells caches to look again.
    Leaderboard.objects.filter(pk=leaderboard.pk).update(version=F("version") + 1)
    board = leaderboard.config
    for split in leaderboard.splits:
        entries = _entries(leaderboard, board, split, team)
        kept = [entry.method for entry in entries]
        leaderboard.entries.filter(team=team, split=split).exclude(method__in=kept).delete()
        Entry.objects.bulk_create(
            entries,
            update_conflicts=True,
            unique_fields=["leaderboard", "split", "team", "method"],
            update_fields=["submission", "improved_at", "submissions"],
        )


def recompute(leaderboard: Leaderboard) -> None:
    """Make all entries of a board anew from the scores; call inside a transaction."""
    leaderboard.entries.all().delete()
    phase = leaderboard.phase
    teams = Team.objects.filter(
        pk__in=Evaluation.objects.counting(phase).values("submission__team")
    )
    for team in teams:
        refresh(leaderboard, team)


def _entries(leaderboard: Leaderboard, board: Board, split: Split, team: Team) -> list[Entry]:
    groups: dict[str, list[Scored]] = defaultdict(list)
    for scored in scored_submissions(leaderboard, split, team):
        groups[scored.method if board.per == "method" else ""].append(scored)
    entries = []
    for method, group in groups.items():
        standing = _standing_for(group, board)
        entries.append(
            Entry(
                leaderboard=leaderboard,
                split=split,
                team=team,
                method=method,
                submission_id=standing.submission_id,
                improved_at=standing.submitted_at,
                submissions=len(group),
            )
        )
    return entries


def _standing_for(group: Sequence[Scored], board: Board) -> Scored:
    chosen = [scored for scored in group if scored.is_chosen]
    if board.entry == "chosen" and chosen:
        group = chosen
    if board.entry == "latest":
        return max(group, key=lambda s: (s.submitted_at, s.submission_id))
    candidates = [Candidate(n, s.scores, s.submitted_at) for n, s in enumerate(group)]
    return group[best(candidates, board).identity]
