"""Pictures of cases in a browser: loaded, described, inside the page at any width."""

from pathlib import Path

import numpy as np
import pytest

from challenges.models import Submission
from evaluator.arrays.base import MemoryArray
from evaluator.inside.drawing.deadline import Deadline
from evaluator.inside.drawing.labels import label_plane
from evaluator.inside.drawing.planes import Frame, fullest_plane, tiles
from evaluator.inside.drawing.sheet import drawn
from evaluator.metrics.comparison import Comparison
from tests import factories
from tests.e2e.conftest import Visitors
from tests.e2e.test_every_page import note, overflow, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GRACE, ADA = "grace@example.org", "ada@example.org"
PHONE, DESKTOP = 390, 1280
COLUMNS = [
    {"key": "dice", "title": "Dice", "better": "higher", "digits": 3},
    {"key": "iou", "title": "Intersection over union", "better": "higher", "digits": 3},
]
WORDS = (
    "The slice at index 12 (the last is 29): prediction, truth and error side by side. Of the "
    "foreground, 1,204 elements agree, 30 are too many, 104 are missed."
)


def picture(number: int) -> bytes:
    """Return the picture of a volume with a few blobs."""
    rows, columns = np.indices((90, 120))
    waves = np.sin(rows / (7 + number)) + np.cos(columns / 9)
    predicted, true = (waves > 0.6).astype(np.uint8), (np.roll(waves, 4, 1) > 0.7).astype(np.uint8)
    arrays = [MemoryArray(name, values[None]) for name, values in (("p", predicted), ("t", true))]
    case = Comparison(arrays[0], arrays[1], (1.0,) * 3)
    frame, deadline = Frame(arrays[1].shape), Deadline(60)
    plane = fullest_plane(case, frame, deadline)
    read = tiles(case, frame, plane, axis=None, deadline=deadline)
    return drawn(label_plane(read, frame, same=True))


@pytest.fixture
def submission(transactional_db: None, tmp_path: Path) -> Submission:  # noqa: ARG001 - opens the database
    factories.make_user(ADA, "Ada")
    case = {"id": "case-{1..9}", "path": "{id}.npy", "dtype": "integer"}
    data = factories.config(
        submission={"cases": [case]},
        scoring={"metrics": [{"key": "dice", "metric": "dice"}, {"key": "iou", "metric": "iou"}]},
        leaderboard={"columns": COLUMNS, "split": {"public": "case-[1-6]"}},
        pictures="public",
    )
    truth = {f"truth/case-{n}.npy": b"truth" for n in range(1, 10)}
    challenge = factories.make_challenge(tmp_path / "rain", data, truth)
    membership = factories.make_membership(challenge, factories.make_user(GRACE, "Grace"), "Owls")
    cases = {f"case-{n}": {"dice": 1 - n**2 / 100, "iou": 1 - n / 12} for n in range(1, 10)}
    artifacts = tuple(
        factories.artifact(f"{name}.png", picture(n), case=name, words=WORDS)
        for n, name in enumerate(cases)
    )
    outcome = factories.scored({"dice": 0.7, "iou": 0.6}, cases).model_copy(
        update={"artifacts": (*artifacts, factories.artifact("cases.csv", b"a,b\n"))}
    )
    phase = factories.only_phase(challenge)
    return factories.finish(factories.make_submission(phase, membership.team), outcome)


@pytest.mark.parametrize(("person", "count"), [(GRACE, 6), (ADA, 9)])
def test_a_page_with_pictures_is_accessible_and_whole(
    submission: Submission, visitor: Visitors, person: str, count: int
) -> None:
    window = visitor(reduced_motion="reduce").sign_in(person)
    complaints: list[str] = []
    window.page.on("console", lambda said: note(complaints, said))

    page = window.open(submission.get_absolute_url())

    assert page.get_by_role("img", name="The slice at index 12").count() == count
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0, f"too wide at {width} px"
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert violations(page) == [], f"{theme}, {width} px"
    assert complaints == []


def test_pictures_are_loaded_when_they_come_into_sight(
    submission: Submission, visitor: Visitors
) -> None:
    window = visitor().sign_in(GRACE)
    fetched: list[str] = []
    window.page.on("request", lambda request: fetched.append(request.url))

    page = window.open(submission.get_absolute_url())
    page.wait_for_load_state("networkidle")
    at_first = [url for url in fetched if "/artifacts/" in url]
    last = page.get_by_role("img", name="case-6. The slice")
    last.scroll_into_view_if_needed()
    page.wait_for_function(
        "image => image.complete && image.naturalWidth > 0", arg=last.element_handle()
    )

    assert len(at_first) < 6
    assert last.evaluate("image => image.naturalWidth") > 1000


def test_on_a_phone_a_picture_is_moved_inside_its_box(
    submission: Submission, visitor: Visitors
) -> None:
    window = visitor(width=PHONE).sign_in(GRACE)

    page = window.open(submission.get_absolute_url())
    box = page.get_by_role("group", name="Picture of case-1")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())

    assert box.evaluate("box => box.scrollWidth > box.clientWidth")


def test_the_numbers_behind_a_histogram_can_be_read(
    submission: Submission, visitor: Visitors
) -> None:
    page = visitor().sign_in(GRACE).open(submission.get_absolute_url())
    figure = page.get_by_role("figure", name="Dice: how the cases are spread")

    figure.get_by_text("As a table").click()

    assert figure.get_by_role("row").count() == 11
    assert figure.get_by_role("img", name="Histogram of Dice").is_visible()
