"""A submission with many scores, cases and notes: its page shows first what matters most."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from challenges.models import CaseScore, Membership, Phase, Submission, Team
from evaluator.outcomes import Outcome
from tests import factories
from tests.unit.web.conftest import Browser

pytestmark = pytest.mark.django_db

CLASSES = [f"class_{n:02}" for n in range(12)]
COLUMNS = [
    {"key": "overall", "title": "Overall", "better": "higher", "digits": 4},
    {"key": "error", "title": "Error", "better": "lower", "digits": 1, "unit": "nm"},
]
SCORING = {
    "metrics": [
        {"key": key, "metric": "accuracy"} for key in (*CLASSES, "error", "often", "overall")
    ]
}


def page(client: Client, submission: Submission, query: str = "") -> str:
    response = client.get(submission.get_absolute_url() + query)
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def heads(text: str) -> list[str]:
    """Return the heads of the columns of the table of cases."""
    table = text.partition('aria-label="Scores of the cases')[2].partition("</thead>")[0]
    return [words(head).split()[0] for head in re.findall(r"<th[^>]*>(.*?)</th>", table, re.DOTALL)]


def titles(text: str, part: str) -> list[str]:
    """Return what stands in all elements of a class."""
    return [words(found).strip() for found in re.findall(rf'class="{part}">(.*?)</', text)]


@pytest.fixture
def classes(tmp_path: Path) -> Phase:
    """Return the phase of a challenge with more scores than its board shows."""
    data = factories.config(scoring=SCORING, leaderboard={"columns": COLUMNS})
    return factories.only_phase(factories.make_challenge(tmp_path / "classes", data))


@pytest.fixture
def owls(classes: Phase) -> Membership:
    return factories.make_membership(classes.challenge)


@pytest.fixture
def owl(owls: Membership, browser: Browser) -> Client:
    return browser(owls.user)


def outcome(count: int = 60) -> Outcome:
    """Return scores as of classes: each case has the scores of one class, some have more."""
    scores = {
        **{key: n / 16 for n, key in enumerate(CLASSES)},
        "error": 31.25,
        "often": 0.5,
        "overall": 0.87654321,
    }
    cases: dict[str, dict[str, float]] = {}
    for n in range(count):
        cases[f"case-{n:03}"] = {CLASSES[n % len(CLASSES)]: 0.25, "overall": n / 64}
        if n % 10 == 0:
            cases[f"case-{n:03}"]["often"] = 0.5
    return factories.scored(scores, cases)


def scored(phase: Phase, team: Team, result: Outcome) -> Submission:
    return factories.finish(factories.make_submission(phase, team), result)


def test_the_boards_scores_come_first_as_the_board_shows_them(
    classes: Phase, owls: Membership, owl: Client
) -> None:
    text = page(owl, scored(classes, owls.team, outcome()))

    large = text.partition('<dl class="scores">')[2].partition("</dl>")[0]
    assert titles(large, "scores__name") == ["Overall ↑", "Error ↓"]
    assert "0.8765" in words(large)
    assert "31.2 nm" in words(large)


def test_the_other_scores_are_folded_in_the_order_of_the_scoring(
    classes: Phase, owls: Membership, owl: Client
) -> None:
    text = page(owl, scored(classes, owls.team, outcome()))

    folded = text.partition('<details class="others" >')[2].partition("</details>")[0]
    assert "13 scores that are on no board" in folded
    assert titles(folded, "others__name") == [key.replace("_", " ") for key in (*CLASSES, "often")]
    assert titles(folded, "others__value")[:3] == ["0.000", "0.062", "0.125"]


def test_a_task_that_is_on_no_board_has_its_scores_unfolded(
    tmp_path: Path, browser: Browser
) -> None:
    phase, member = two_tasks(tmp_path)

    text = page(
        browser(member.user), scored(phase, member.team, factories.scored({"accuracy": 0.5}))
    )

    assert text.count('class="scores__one"') == 1
    assert text.count('<details class="others" open>') == 1


def test_a_few_other_scores_are_not_folded(phase: Phase, team: Team, member: Client) -> None:
    text = page(member, scored(phase, team, factories.scored({"accuracy": 0.5, "f1": 0.25})))

    assert '<details class="others" open>' in text
    assert "1 score that is on no board" in text


def test_columns_of_cases_are_the_boards_and_what_a_tenth_of_the_cases_has(
    classes: Phase, owls: Membership, owl: Client
) -> None:
    submission = scored(classes, owls.team, outcome())

    text = page(owl, submission)

    assert heads(text) == ["Case", "Overall", "often"]
    assert "Only there: 12 scores that fewer than a tenth" in words(text)
    assert f'href="{submission.get_absolute_url()}cases.csv"' in text
    assert "class_03" in owl.get(submission.get_absolute_url() + "cases.csv").content.decode()


def test_where_all_scores_are_shown_nothing_is_said_to_be_elsewhere(
    phase: Phase, team: Team, member: Client
) -> None:
    assert "Only there" not in page(member, factories.make_scored(phase, team))


def test_plots_are_of_the_boards_scores_first(
    classes: Phase, owls: Membership, owl: Client
) -> None:
    text = page(owl, scored(classes, owls.team, outcome()))

    assert titles(text, "plot__title") == [
        "Overall",
        "often",
        "Overall: how the cases are spread",
        "often: how the cases are spread",
    ]


def test_there_are_six_plots_of_each_kind_at_most(phase: Phase, team: Team, member: Client) -> None:
    scores = {f"extra_{n}": n / 8 for n in range(9)} | {"accuracy": 0.5}
    cases = {f"case-{n}": scores for n in range(8)}

    text = page(member, scored(phase, team, factories.scored({"accuracy": 0.5}, cases)))

    assert text.count('class="plot__title"') == 12
    assert titles(text, "plot__title")[0] == "Accuracy"
    assert len(heads(text)) == 11


def test_where_each_score_is_rare_there_is_the_file_and_no_table(
    classes: Phase, owls: Membership, owl: Client
) -> None:
    cases = {f"case-{n:03}": {CLASSES[n % len(CLASSES)]: 0.25} for n in range(24)}
    result = outcome().model_copy(update={"cases": cases})

    text = page(owl, scored(classes, owls.team, result))

    assert "Scores of the cases" not in text
    assert "plot__drawing" not in text
    assert "All cases and scores as CSV" in text


@pytest.mark.parametrize(
    ("query", "first", "said"),
    [
        ("", "case-000", "Cases 1 to 50 of 122"),
        ("?task=main&page=2", "case-050", "Cases 51 to 100 of 122"),
        ("?task=main&page=3", "case-100", "Cases 101 to 122 of 122"),
        ("?task=main&page=99", "case-100", "Cases 101 to 122 of 122"),
        ("?task=main&page=-1", "case-100", "Cases 101 to 122 of 122"),
        ("?task=main&page=x", "case-000", "Cases 1 to 50 of 122"),
        ("?task=other&page=2", "case-000", "Cases 1 to 50 of 122"),
        ("?page=2", "case-000", "Cases 1 to 50 of 122"),
    ],
)
def test_many_cases_come_in_pages(
    query: str, first: str, said: str, classes: Phase, owls: Membership, owl: Client
) -> None:
    text = page(owl, scored(classes, owls.team, outcome(count=122)), query)

    rows = re.findall(r"<bdi>(case-\d+)</bdi>", text)
    assert rows[0] == first
    assert len(rows) <= 50
    assert said in text


def test_pages_of_cases_lead_to_each_other(classes: Phase, owls: Membership, owl: Client) -> None:
    text = page(owl, scored(classes, owls.team, outcome(count=122)), "?task=main&page=2")

    assert 'rel="prev" href="?task=main&amp;page=1#cases-main"' in text
    assert 'rel="next" href="?task=main&amp;page=3#cases-main"' in text
    assert 'id="cases-main"' in text


def test_pages_of_one_task_leave_the_others_where_they_are(
    tmp_path: Path, browser: Browser
) -> None:
    phase, member = two_tasks(tmp_path)
    cases = {f"case-{n:03}": {"accuracy": 0.5} for n in range(60)}
    submission = scored(phase, member.team, factories.scored({"accuracy": 0.5}, cases))

    text = page(browser(member.user), submission, "?task=south&page=2")

    assert "Cases 1 to 50 of 60" in text
    assert "Cases 51 to 60 of 60" in text


def two_tasks(folder: Path) -> tuple[Phase, Membership]:
    """Return a phase of the tasks north and south, whose board shows north, and a member."""
    data: dict[str, Any] = factories.config()
    declared = data["phases"][0]
    scoring, cases = declared.pop("scoring"), declared.pop("submission")["cases"]
    declared["tasks"] = [
        {"slug": slug, "title": slug.title(), "cases": cases, "scoring": scoring}
        for slug in ("north", "south")
    ]
    declared["leaderboard"]["columns"][0]["key"] = "north.accuracy"
    phase = factories.only_phase(factories.make_challenge(folder / "two", data))
    return phase, factories.make_membership(phase.challenge)


def test_thousands_of_cases_are_a_light_page_with_as_many_queries(
    phase: Phase, team: Team, member: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    submission = factories.make_scored(phase, team)
    evaluation = submission.evaluations.get()
    CaseScore.objects.bulk_create(
        CaseScore(evaluation=evaluation, case=f"case-{n}", key=key, value=n)
        for n in range(1500)
        for key in ("accuracy", f"rare_{n % 60}")
    )

    with django_assert_max_num_queries(20):
        text = page(member, submission)

    assert "Cases 1 to 50 of 1501" in text
    assert text.count('class="grid__cell grid__cell--number"') < 200


ENDINGS: Mapping[str, Outcome] = {
    "scored": factories.scored({"accuracy": 0.5}),
    "rejected": factories.rejected(),
    "failed": factories.failed(),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_notes_are_shown_however_it_ended(
    ending: str, phase: Phase, team: Team, member: Client, ada: Client
) -> None:
    notes = ("north is not in the upload and counts with the worst score.",)
    result = ENDINGS[ending].model_copy(update={"notes": notes})
    submission = scored(phase, team, result)

    for client in (member, ada):
        assert notes[0] in page(client, submission)


def test_notes_are_shown_while_the_score_is_hidden(tmp_path: Path, browser: Browser) -> None:
    board = {"columns": [{**COLUMNS[0], "key": "accuracy"}], "show": "at-close"}
    phase = factories.only_phase(
        factories.make_challenge(tmp_path / "late", factories.config(leaderboard=board))
    )
    member = factories.make_membership(phase.challenge)
    result = ENDINGS["scored"].model_copy(update={"notes": ("It covers 2/3 of the crop.",)})

    text = page(browser(member.user), scored(phase, member.team, result))

    assert "It covers 2/<wbr>3 of the crop." in text
    assert "0.5" not in text


def test_without_notes_there_is_no_heading_for_them(
    phase: Phase, team: Team, member: Client
) -> None:
    assert "Notes on the upload" not in page(member, factories.make_scored(phase, team))


def test_a_note_is_text(phase: Phase, team: Team, member: Client) -> None:
    notes = ("<script>alert(1)</script> & <img src=x onerror=alert(1)>",)
    result = ENDINGS["scored"].model_copy(update={"notes": notes})

    text = page(member, scored(phase, team, result))

    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_notes_of_each_task_stand_with_it(tmp_path: Path, browser: Browser) -> None:
    phase, member = two_tasks(tmp_path)
    submission = factories.make_submission(phase, member.team)
    for evaluation in submission.evaluations.all():
        evaluation.notes = [f"A note of {evaluation.task.slug}."]
        evaluation.save(update_fields=["notes"])

    text = words(page(browser(member.user), submission))

    assert re.search(r"North .*A note of north\..* South .*A note of south\.", text)


def test_long_lists_of_notes_are_folded_and_end(phase: Phase, team: Team, member: Client) -> None:
    notes = tuple(f"Note {n} of many." for n in range(230))
    result = ENDINGS["scored"].model_copy(update={"notes": notes})

    text = page(member, scored(phase, team, result))

    before, _, folded = text.partition("<summary>190 more notes</summary>")
    assert before.count('class="notes__one"') == 10
    assert folded.count('class="notes__one"') == 190
    assert "There are 30 notes besides" in folded
