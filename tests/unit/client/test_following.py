"""Waiting for a score: asked rarely, told at once, and not for ever."""

import pytest

from agon.errors import EvaluationFailed, SubmissionRejected, TimeIsUp
from agon.exits import Exit
from agon.progress import Progress
from agon.submission import Submission, followed
from agon.transport import Transport
from tests.unit.client.clocks import Moved
from tests.unit.client.documents import BOARD, ID, submission
from tests.unit.client.scripted import ScriptedSite, document, refused


@pytest.fixture
def transport(scripted: ScriptedSite) -> Transport:
    return Transport(scripted.url, "agon_secret", patience=Moved().patience())


@pytest.fixture
def queued(transport: Transport) -> Submission:
    return Submission.of(transport, submission(status="queued", queue={"position": 3}))


class Heard(Progress):
    """Keeps what is told."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)


def test_the_site_tells_when_something_changes(queued: Submission, scripted: ScriptedSite) -> None:
    scripted.will(document(submission(status="running")), document(submission()))

    scored = queued.wait()

    assert scored.scores == {"accuracy": 0.75}
    assert [asked.path.partition("?")[2] for asked in scripted.asked] == [
        "wait=10&seen=queued",
        "wait=10&seen=running",
    ]


def test_a_site_that_answers_at_once_is_asked_less_and_less_often(
    queued: Submission, scripted: ScriptedSite
) -> None:
    time = Moved()
    scripted.will(*[document(submission(status="queued"))] * 30, document(submission()))

    followed(queued, None, Progress(), clock=time.clock())

    assert time.pauses == sorted(time.pauses)
    assert (time.pauses[0], time.pauses[-1]) == (0.05, 2.0)


def test_the_place_in_the_queue_is_told(queued: Submission, scripted: ScriptedSite) -> None:
    place = {"position": 1, "estimate_seconds": 61.0}
    scripted.will(
        document(submission(status="queued", queue=place)),
        document(submission(status="running")),
        document(submission()),
    )
    heard = Heard()

    followed(queued, None, heard, clock=Moved().clock())

    assert heard.sentences == [
        "Queued, place 3",
        "Queued, place 1, a score in about 1 min 01 s",
        "Running …",
    ]


def test_a_wait_that_has_an_end_ends(queued: Submission, scripted: ScriptedSite) -> None:
    time = Moved()
    scripted.will(*[document(submission(status="queued"))] * 100)

    with pytest.raises(TimeIsUp, match="After 5 s the submission is still queued") as caught:
        followed(queued, 5, Progress(), clock=time.clock())

    assert caught.value.exit_code == Exit.NETWORK
    assert f"agon status {ID} --wait" in caught.value.hint
    assert sum(time.pauses) < 8


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("rejected", SubmissionRejected),
        ("failed", EvaluationFailed),
        ("cancelled", EvaluationFailed),
    ],
)
def test_an_end_without_scores_is_an_error_with_the_site_s_words(
    queued: Submission, scripted: ScriptedSite, status: str, kind: type[Exception]
) -> None:
    scripted.will(document(submission(status=status, code="some-code", message="Mend it.")))

    with pytest.raises(kind, match=r"^Mend it\.$"):
        queued.wait()


def test_the_rank_is_that_of_the_row_it_counts_for(
    transport: Transport, scripted: ScriptedSite
) -> None:
    scripted.will(document(BOARD), document(BOARD), document({**BOARD, "rows": []}))
    own = Submission.of(transport, submission())
    earlier = Submission.of(transport, submission(id="c646200c-345f-440c-b5fe-52fff3d6d9b4"))

    assert (own.rank, earlier.rank, own.rank) == (2, 2, None)


def test_a_board_that_is_not_shown_has_no_rank(
    transport: Transport, scripted: ScriptedSite
) -> None:
    scripted.will(refused(404, "not-found"))

    assert Submission.of(transport, submission()).rank is None
