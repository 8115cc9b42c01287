"""A submission's page: who sees it, what it says in each state, how it follows."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.models import Phase, Score, Submission, Team
from challenges.services.submissions import Details
from evaluator.codes import Code, Status
from evaluator.outcomes import Outcome, Problem
from tests import factories
from tests.unit.web.conftest import Browser

pytestmark = pytest.mark.django_db

BOARD: dict[str, Any] = factories.CONFIG["phases"][0]["leaderboard"]
SCRIPT = {"hx-request": "true"}


def page(client: Client, submission: Submission) -> str:
    response = client.get(submission.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def waiting(phase: Phase, team: Team) -> Submission:
    return factories.make_submission(phase, team, details=Details(method="trees"))


@pytest.fixture
def done(phase: Phase, team: Team) -> Submission:
    return factories.make_scored(phase, team, accuracy=0.75, details=Details(method="trees"))


def test_only_the_team_and_organisers_see_it(
    waiting: Submission, member: Client, ada: Client, stranger: Client, anybody: Client
) -> None:
    address = waiting.get_absolute_url()

    assert member.get(address).status_code == 200
    assert ada.get(address).status_code == 200
    assert stranger.get(address).status_code == 404
    assert anybody.get(address).status_code == 302


def test_another_teams_member_does_not_see_it(waiting: Submission, browser: Browser) -> None:
    rival = factories.make_membership(waiting.phase.challenge)

    assert browser(rival.user).get(waiting.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("action", ["cancel/", "choose/"])
def test_strangers_change_nothing(
    action: str, waiting: Submission, stranger: Client, anybody: Client, browser: Browser
) -> None:
    rival = browser(factories.make_membership(waiting.phase.challenge).user)

    for client in (stranger, rival):
        assert client.post(waiting.get_absolute_url() + action).status_code == 404
    assert anybody.post(waiting.get_absolute_url() + action).status_code == 302

    assert Submission.objects.get().status is Status.QUEUED


@pytest.mark.parametrize("action", ["", "cancel/", "choose/", "cases.csv", f"logs/{uuid4()}/"])
def test_what_is_not_there_is_404(action: str, member: Client) -> None:
    address = f"/submissions/{uuid4()}/{action}"
    changes = action in {"cancel/", "choose/"}

    response = member.post(address) if changes else member.get(address)

    assert response.status_code == 404


def test_a_waiting_one_says_where_it_stands(waiting: Submission, member: Client) -> None:
    factories.host_with_slots(1)

    text = page(member, waiting)

    assert "Queued" in text
    assert "It is next." in text
    assert 'hx-trigger="every 1s"' in text
    assert '<meta http-equiv="refresh"' in text
    assert "Cancel this submission" in text


def test_a_scored_one_has_scores_place_and_coarse_usage(done: Submission, member: Client) -> None:
    text = page(member, done)

    assert "0.750" in text
    assert "Rank 1 of 1" in text
    assert "under 5 s" in text
    assert "50 MiB" not in text
    assert "hx-trigger" not in text
    assert "http-equiv" not in text


def test_organisers_see_exact_usage_digests_and_the_log(done: Submission, ada: Client) -> None:
    text = page(ada, done)

    assert "1.5 s" in text
    assert "50 MiB" in text
    evaluation = done.evaluations.get()
    assert evaluation.scorer.digest in text
    assert evaluation.truth.digest in text
    assert f"/logs/{evaluation.pk}/" in text


def test_a_score_of_zero_is_shown(phase: Phase, team: Team, member: Client) -> None:
    text = page(member, factories.make_scored(phase, team, accuracy=0))

    assert re.search(r'class="scores__value">\s*0\.000', text)


def test_a_rejected_one_says_what_to_mend(phase: Phase, team: Team, member: Client) -> None:
    problems = (Problem(code=Code.SHAPE_MISMATCH, path="a<b>.csv", message="Has 3 rows, not 4."),)
    outcome = Outcome(
        status=Status.REJECTED, code=Code.SHAPE_MISMATCH, message="Mend it.", problems=problems
    )
    submission = factories.finish(factories.make_submission(phase, team), outcome)

    text = page(member, submission)

    assert "Rejected" in text
    assert "Mend it." in text
    assert "shape-mismatch" in text
    assert "a&lt;b&gt;.csv" in text
    assert "Has 3 rows, not 4." in text


def test_a_failed_one_keeps_its_log_from_the_team(
    phase: Phase, team: Team, member: Client, ada: Client
) -> None:
    submission = factories.finish(factories.make_submission(phase, team), factories.failed())
    log = f"{submission.get_absolute_url()}logs/{submission.evaluations.get().pk}/"

    assert "secret" not in page(member, submission)
    assert member.get(log).status_code == 404
    assert "Traceback: secret" in page(ada, submission)
    response = ada.get(log)
    assert response.content == b"Traceback: secret\n"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_log_that_was_lost_breaks_no_page(done: Submission, ada: Client) -> None:
    done.evaluations.update(log_sha256="0" * 64)

    assert "The blob store has lost this log." in page(ada, done)


def test_a_log_of_another_submission_is_404(
    done: Submission, waiting: Submission, ada: Client
) -> None:
    address = f"{waiting.get_absolute_url()}logs/{done.evaluations.get().pk}/"

    assert ada.get(address).status_code == 404


def test_a_script_gets_nothing_while_nothing_changes(waiting: Submission, member: Client) -> None:
    seen = re.search(r"seen=(\w+)", page(member, waiting))
    assert seen
    address = f"{waiting.get_absolute_url()}?seen={seen[1]}"

    unchanged = member.get(address, headers=SCRIPT)
    factories.finish(waiting, factories.scored({"accuracy": 0.5}))
    changed = member.get(address, headers=SCRIPT)

    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert "0.500" in changed.content.decode()
    assert "<html" not in changed.content.decode()
    assert "hx-trigger" not in changed.content.decode()
    assert "HX-Request" in changed.headers["Vary"]


def test_what_the_participant_says_is_text(phase: Phase, team: Team, member: Client) -> None:
    details = Details(
        method="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>"
    )
    submission = factories.make_submission(phase, team, details=details)
    said = {
        "repo": "x onmouseover=alert(1) y",
        "code": "javascript:alert(1)",
        "none": None,
        "l": [1],
    }
    Submission.objects.filter(pk=submission.pk).update(metadata=said)

    text = page(member, submission)

    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert 'href="javascript' not in text
    assert "x onmouseover=alert(1) y" in text


@pytest.mark.parametrize("metadata", [{}, [], "text", 5])
def test_odd_metadata_in_the_database_breaks_no_page(
    metadata: object, done: Submission, member: Client
) -> None:
    Submission.objects.filter(pk=done.pk).update(metadata=metadata)

    assert "0.750" in page(member, done)


def test_cancelling_ends_it(waiting: Submission, member: Client) -> None:
    response = member.post(waiting.get_absolute_url() + "cancel/", follow=True)

    assert waiting.evaluations.get().status == Status.CANCELLED
    assert "was cancelled" in response.content.decode()


def test_what_has_ended_cannot_be_cancelled(done: Submission, member: Client) -> None:
    response = member.post(done.get_absolute_url() + "cancel/", follow=True)

    assert "already been scored" in response.content.decode()
    assert done.evaluations.get().status == Status.SCORED


def test_looking_cancels_nothing(waiting: Submission, member: Client) -> None:
    assert member.get(waiting.get_absolute_url() + "cancel/").status_code == 405


def test_choosing_is_offered_where_the_board_asks_for_it(tmp_path: Path, browser: Browser) -> None:
    data = {**factories.config(leaderboard={**BOARD, "entry": "chosen"}), "slug": "choice"}
    phase = factories.only_phase(factories.make_challenge(tmp_path / "choice", data))
    membership = factories.make_membership(phase.challenge)
    worse, better = (
        factories.make_scored(phase, membership.team, accuracy=accuracy) for accuracy in (0.5, 0.9)
    )
    client = browser(membership.user)

    assert "Let this one stand" in page(client, worse)
    client.post(worse.get_absolute_url() + "choose/")

    assert "Stands for the team" in page(client, worse)
    assert "Let this one stand" not in page(client, worse)
    assert "Another submission of the team" in page(client, better)


def test_choosing_ends_with_the_phase(done: Submission, member: Client) -> None:
    Phase.objects.filter(pk=done.phase_id).update(closes_at=timezone.now())

    assert member.post(done.get_absolute_url() + "choose/").status_code == 403
    assert not Submission.objects.get().is_chosen


def test_choosing_is_not_offered_elsewhere(done: Submission, member: Client) -> None:
    assert "Let this one stand" not in page(member, done)


def test_scores_of_a_hidden_board_are_not_shown(tmp_path: Path, browser: Browser) -> None:
    data = {**factories.config(leaderboard={**BOARD, "show": "at-close"}), "slug": "late"}
    phase = factories.only_phase(factories.make_challenge(tmp_path / "late", data))
    membership = factories.make_membership(phase.challenge)
    submission = factories.make_scored(phase, membership.team, accuracy=0.625)
    client = browser(membership.user)

    before = (
        page(client, submission)
        + client.get(submission.get_absolute_url() + "cases.csv").content.decode()
    )
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    after = page(client, submission)

    assert "0.625" not in before
    assert "Rank" not in before
    assert "not shown now" in before
    assert "0.625" in after
    assert "Rank 1 of 1" in after


def test_cases_have_a_table_a_plot_and_a_file(phase: Phase, team: Team, member: Client) -> None:
    cases = {f"=case-{n}": {"accuracy": n / 4} for n in range(5)}
    submission = factories.finish(
        factories.make_submission(phase, team), factories.scored({"accuracy": 0.5}, cases)
    )

    text = page(member, submission)
    file = member.get(submission.get_absolute_url() + "cases.csv")

    assert text.count('<circle class="plot__dot"') == 5
    assert "5 cases, from 0 (=case-0) to 1 (=case-4). Higher is better." in text
    assert "main,'=case-0,accuracy,0.0" in file.content.decode()
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_a_score_that_the_board_does_not_know_is_shown_too(
    done: Submission, member: Client
) -> None:
    Score.objects.create(evaluation=done.evaluations.get(), key="extra_score", value=0.12345678)

    text = page(member, done)

    assert "extra score" in text
    assert "0.12345678" not in text


def test_a_submission_whose_person_has_left_has_a_page(done: Submission, ada: Client) -> None:
    assert done.user
    done.user.delete()

    assert "0.750" in page(ada, done)


def test_asking_again_takes_few_queries(
    waiting: Submission, member: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(18):
        member.get(waiting.get_absolute_url(), headers=SCRIPT)


def test_cases_have_a_histogram_with_a_table(phase: Phase, team: Team, member: Client) -> None:
    cases = {f"case-{n}": {"accuracy": value} for n, value in enumerate((0.1, 0.85, 0.85, 0.9))}
    submission = factories.finish(
        factories.make_submission(phase, team), factories.scored({"accuracy": 0.7}, cases)
    )

    text = page(member, submission)

    assert text.count('class="plot__bar"') == 3
    assert "Accuracy of 4 cases: the median is 0.85" in text
    assert re.search(r'scope="row">0\.8 to 0\.9</th>\s*<td[^>]*>2</td>', text)


def test_where_cases_are_hidden_there_is_no_histogram(tmp_path: Path, browser: Browser) -> None:
    data = {**factories.config(leaderboard={**BOARD, "show": "at-close"}), "slug": "late"}
    phase = factories.only_phase(factories.make_challenge(tmp_path / "late", data))
    membership = factories.make_membership(phase.challenge)
    cases = {f"case-{n}": {"accuracy": n / 8} for n in range(8)}
    submission = factories.finish(
        factories.make_submission(phase, membership.team),
        factories.scored({"accuracy": 0.5}, cases),
    )

    assert "plot__bar" not in page(browser(membership.user), submission)
