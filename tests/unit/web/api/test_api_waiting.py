"""Waiting for a submission instead of asking again and again."""

from collections.abc import Callable

import pytest
from django.test import Client

from challenges.models import Phase, Submission, Team, User
from tests import factories
from tests.unit.web.api.conftest import AsUser
from web.api import following
from web.api.waiting import WaitingRoom

pytestmark = pytest.mark.django_db


class Time:
    """Passes only while somebody sleeps; then something may happen."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.events: dict[float, Callable[[], object]] = {}

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        for moment in [moment for moment in self.events if moment <= self.seconds]:
            self.events.pop(moment)()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def room(time: Time, monkeypatch: pytest.MonkeyPatch) -> WaitingRoom:
    room = WaitingRoom(4, time.clock, time.sleep)
    monkeypatch.setattr(following, "waiting_room", lambda: room)
    return room


@pytest.fixture
def submission(phase: Phase, team: Team) -> Submission:
    return factories.make_submission(phase, team)


@pytest.fixture
def path(submission: Submission, room: WaitingRoom) -> str:  # noqa: ARG001 - opened first
    return f"/api/v1/submissions/{submission.pk}"


@pytest.fixture
def grace(member: User, as_user: AsUser) -> Client:
    return as_user(member)


def test_the_answer_comes_with_the_change(
    grace: Client, path: str, submission: Submission, time: Time
) -> None:
    time.events[5.0] = lambda: factories.finish(submission, factories.scored({"accuracy": 0.5}))

    shown = grace.get(path, {"wait": 20}).json()

    assert (shown["status"], shown["scores"]) == ("scored", {"accuracy": 0.5})
    assert 5.0 <= time.seconds < 5.5


def test_without_a_change_the_answer_comes_after_the_time(
    grace: Client, path: str, time: Time
) -> None:
    shown = grace.get(path, {"wait": 20}).json()

    assert shown["status"] == "queued"
    assert time.seconds == pytest.approx(20.0)


@pytest.mark.parametrize("asked", [{}, {"wait": 0}, {"wait": 20, "seen": "running"}])
def test_what_is_new_already_is_told_at_once(
    grace: Client, path: str, time: Time, asked: dict[str, str | int]
) -> None:
    assert grace.get(path, asked).json()["status"] == "queued"
    assert time.seconds == 0.0


def test_nobody_waits_for_what_has_ended(
    grace: Client, path: str, submission: Submission, time: Time
) -> None:
    factories.finish(submission, factories.rejected())

    assert grace.get(f"{path}?wait=20&seen=rejected").json()["status"] == "rejected"
    assert time.seconds == 0.0


def wait_within(room: WaitingRoom, people: list[int], then: Callable[[], object]) -> None:
    """Let people wait, each while the one before does; do `then` while all of them wait."""
    if not people:
        then()
        return

    def others() -> bool:
        wait_within(room, people[1:], then)
        return True

    room.wait(people[0], others, 10)


@pytest.mark.parametrize(
    ("waiting", "person", "waits"),
    [
        ([], 1, True),
        ([1, 2, 3], 4, True),
        ([1, 2, 3, 4], 5, False),  # all places are taken
        ([1], 1, True),
        ([1, 1], 1, False),  # half of the places is the most that one person holds
        ([1, 1], 2, True),
    ],
)
def test_whoever_finds_no_free_place_is_answered_at_once(
    room: WaitingRoom, time: Time, waiting: list[int], person: int, *, waits: bool
) -> None:
    wait_within(room, waiting, lambda: room.wait(person, lambda: False, 10))

    assert time.seconds == (pytest.approx(10.0) if waits else 0.0)


def test_a_place_is_free_again_afterwards(room: WaitingRoom, time: Time) -> None:
    for _ in range(5):
        room.wait(1, lambda: False, 1)

    assert time.seconds == pytest.approx(5.0)


@pytest.mark.parametrize("wait", [-1, 26, "long"])
def test_a_wait_that_is_too_long_or_none_is_refused(
    grace: Client, path: str, wait: str | int
) -> None:
    assert grace.get(path, {"wait": wait}).status_code == 422


def test_strangers_do_not_wait(path: str, stranger: User, as_user: AsUser, time: Time) -> None:
    assert as_user(stranger).get(path, {"wait": 20}).status_code == 404
    assert time.seconds == 0.0
