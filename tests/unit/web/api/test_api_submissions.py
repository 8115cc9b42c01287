"""Submissions: following, listing, logs, cancelling, choosing."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.models import Challenge, Phase, Submission, Team, User
from challenges.services.submissions import Details
from evaluator.codes import Code, Status
from evaluator.outcomes import Outcome, Problem, Usage
from tests import factories
from tests.unit.web.api.conftest import AsUser, error_of

pytestmark = pytest.mark.django_db

MIB = 1024**2


def path_of(submission: Submission, action: str = "") -> str:
    return f"/api/v1/submissions/{submission.pk}{action}"


def test_a_waiting_submission_says_where_it_stands(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    factories.make_submission(phase)
    submission = factories.make_submission(phase, team)

    shown = as_user(member).get(path_of(submission)).json()

    assert (shown["status"], shown["code"], shown["scores"]) == ("queued", None, {})
    assert shown["queue"] == {"position": 2, "estimate_seconds": None}


def test_a_scored_submission_has_scores_cases_and_coarse_usage(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    submission = factories.make_submission(
        phase, team, details=Details(method="trees", description="Many trees.")
    )
    usage = Usage(wall_seconds=12.3, cpu_seconds=0.5, memory_peak_bytes=50 * MIB, read_bytes=9)
    outcome = factories.scored({"accuracy": 2 / 3}, {"stations": {"accuracy": 2 / 3}})
    factories.finish(submission, outcome.model_copy(update={"usage": usage}))

    shown = as_user(member).get(path_of(submission)).json()

    assert (shown["status"], shown["method"], shown["team"]) == ("scored", "trees", "Owls")
    assert shown["scores"] == {"accuracy": 0.667}
    assert shown["cases"] == {"stations": {"accuracy": 0.667}}
    assert shown["usage"] == {
        "wall_seconds": 10.0,
        "cpu_seconds": 0.0,
        "memory_peak_bytes": None,
        "read_bytes": None,
        "written_bytes": None,
    }
    assert shown["queue"] is None
    assert shown["sha256"] == submission.manifest.digest


def test_organisers_see_exact_usage(organiser: User, phase: Phase, as_user: AsUser) -> None:
    submission = factories.make_scored(phase)

    shown = as_user(organiser).get(path_of(submission)).json()

    assert shown["usage"]["wall_seconds"] == 1.5
    assert shown["usage"]["memory_peak_bytes"] == 50 * MIB


def test_a_rejected_submission_says_what_to_mend(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    problem = Problem(code=Code.CASE_MISSING, path="rain.csv", message="Add rain.csv.")
    outcome = Outcome(
        status=Status.REJECTED,
        code=Code.CASE_MISSING,
        message="Add rain.csv.",
        problems=(problem,),
    )
    submission = factories.finish(factories.make_submission(phase, team), outcome)

    shown = as_user(member).get(path_of(submission)).json()

    assert (shown["status"], shown["code"]) == ("rejected", "case-missing")
    assert shown["message"] == "Add rain.csv."
    assert shown["problems"] == [
        {"code": "case-missing", "path": "rain.csv", "message": "Add rain.csv."}
    ]


@pytest.mark.parametrize("status", [Status.SCORED, Status.REJECTED, Status.FAILED])
def test_notes_for_the_team_are_told_however_it_ended(
    status: Status, phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    endings = {
        Status.SCORED: factories.scored({"accuracy": 0.5}),
        Status.REJECTED: factories.rejected(),
        Status.FAILED: factories.failed(),
    }
    notes = ("north is not in the upload and counts with the worst score.", "<b>south</b>")
    outcome = endings[status].model_copy(update={"notes": notes})
    submission = factories.finish(factories.make_submission(phase, team), outcome)

    shown = as_user(member).get(path_of(submission)).json()

    assert shown["tasks"][0]["notes"] == list(notes)


def test_scores_of_several_tasks_are_kept_apart(
    organiser: User, tmp_path: Path, as_user: AsUser
) -> None:
    data = factories.config()
    phase_data = data["phases"][0]
    scoring, board = phase_data.pop("scoring"), phase_data["leaderboard"]
    cases = phase_data.pop("submission")["cases"]
    phase_data["tasks"] = [
        {"slug": slug, "title": slug.title(), "cases": cases, "scoring": scoring}
        for slug in ("north", "south")
    ]
    board["columns"][0]["key"] = "north.accuracy"
    phase = factories.only_phase(factories.make_challenge(tmp_path, data))
    submission = factories.make_submission(phase)
    outcome = factories.scored({"accuracy": 0.5}, {"stations": {"accuracy": 0.5}})
    factories.finish(submission, outcome)

    shown = as_user(organiser).get(path_of(submission)).json()

    assert shown["scores"] == {"north.accuracy": 0.5, "south.accuracy": 0.5}
    assert list(shown["cases"]) == ["north/stations", "south/stations"]
    assert [task["task"] for task in shown["tasks"]] == ["north", "south"]


def test_scores_are_hidden_from_their_team_while_the_board_is(
    organiser: User, tmp_path: Path, as_user: AsUser
) -> None:
    board = factories.CONFIG["phases"][0]["leaderboard"] | {"show": "at-close"}
    challenge = factories.make_challenge(tmp_path, factories.config(leaderboard=board))
    membership = factories.make_membership(challenge)
    submission = factories.make_scored(factories.only_phase(challenge), membership.team)

    theirs = as_user(membership.user).get(path_of(submission)).json()
    adas = as_user(organiser).get(path_of(submission)).json()

    assert theirs["status"] == "scored"
    assert (theirs["scores"], theirs["cases"], theirs["split"]) == ({}, {}, None)
    assert adas["scores"] == {"accuracy": 0.75}


@pytest.mark.parametrize("action", ["", "/logs", "/cancel", "/choose"])
def test_a_strangers_submission_does_not_exist(
    phase: Phase, stranger: User, as_user: AsUser, action: str
) -> None:
    submission = factories.make_submission(phase)
    client = as_user(stranger)
    send = client.post if action in {"/cancel", "/choose"} else client.get

    theirs = send(path_of(submission, action))
    nobodys = send(f"/api/v1/submissions/{uuid.uuid4()}{action}")

    assert theirs.status_code == nobodys.status_code == 404
    assert error_of(theirs) == error_of(nobodys)


@pytest.mark.parametrize("action", ["", "/logs", "/cancel", "/choose"])
def test_nobody_sees_a_submission_without_signing_in(
    client: Client, phase: Phase, action: str
) -> None:
    submission = factories.make_submission(phase)
    send = client.post if action in {"/cancel", "/choose"} else client.get

    response = send(path_of(submission, action))

    assert response.status_code == 401


def test_logs_are_for_organisers_only(
    organiser: User, phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    submission = factories.finish(factories.make_submission(phase, team), factories.failed())

    theirs = as_user(member).get(path_of(submission, "/logs"))
    (log,) = as_user(organiser).get(path_of(submission, "/logs")).json()["logs"]

    assert theirs.status_code == 404
    assert (log["status"], log["code"]) == ("failed", "scorer-crashed")
    assert log["log"] == "Traceback: secret\n"
    assert "secret" not in as_user(member).get(path_of(submission)).content.decode()


def test_the_log_of_a_waiting_submission_is_empty(
    organiser: User, phase: Phase, as_user: AsUser
) -> None:
    submission = factories.make_submission(phase)

    (log,) = as_user(organiser).get(path_of(submission, "/logs")).json()["logs"]

    assert (log["status"], log["log"]) == ("queued", "")


def test_a_team_lists_its_own_submissions_newest_first(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    factories.make_submission(phase)
    mine = [factories.make_submission(phase, team) for _ in range(3)]
    client, path = as_user(member), "/api/v1/challenges/rain/submissions"

    first = client.get(path, {"limit": 2}).json()
    rest = client.get(path, {"limit": 2, "cursor": first["next"]}).json()

    found = [row["id"] for row in (*first["submissions"], *rest["submissions"])]
    assert found == [str(submission.pk) for submission in reversed(mine)]
    assert rest["next"] is None


def test_the_list_can_be_of_one_phase(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    factories.make_submission(phase, team)
    client, path = as_user(member), "/api/v1/challenges/rain/submissions"

    assert len(client.get(path, {"phase": "main"}).json()["submissions"]) == 1
    assert client.get(path, {"phase": "final"}).json()["submissions"] == []


def test_who_takes_no_part_is_told_how_to(
    challenge: Challenge, stranger: User, as_user: AsUser, client: Client
) -> None:
    theirs = as_user(stranger).get(f"/api/v1/challenges/{challenge.slug}/submissions")
    nobodys = client.get(f"/api/v1/challenges/{challenge.slug}/submissions")

    assert theirs.status_code == 403
    assert error_of(theirs)["code"] == "not-taking-part"
    assert nobodys.status_code == 401


def test_queries_do_not_grow_with_the_list(
    phase: Phase,
    team: Team,
    member: User,
    as_user: AsUser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_user(member)
    client.get("/api/v1/me")
    for _ in range(4):
        factories.make_scored(phase, team)

    with django_assert_max_num_queries(14):
        client.get("/api/v1/challenges/rain/submissions")
    path = path_of(team.submissions.all()[0])
    with django_assert_max_num_queries(11):  # one for the digest of what was handed in, once
        etag = client.get(path).headers["ETag"]
    with django_assert_max_num_queries(8):
        client.get(path, headers={"if-none-match": etag})


def test_cancelling_ends_what_waits_and_can_be_done_once(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    submission = factories.make_submission(phase, team)

    first = as_user(member).post(path_of(submission, "/cancel"))
    second = as_user(member).post(path_of(submission, "/cancel"))

    assert (first.status_code, first.json()["status"]) == (200, "cancelled")
    assert second.status_code == 409
    assert error_of(second)["code"] == "not-cancellable"


def test_organisers_may_cancel(organiser: User, phase: Phase, as_user: AsUser) -> None:
    submission = factories.make_submission(phase)

    response = as_user(organiser).post(path_of(submission, "/cancel"))

    assert response.json()["status"] == "cancelled"


def test_the_chosen_submission_stands_on_the_board(
    tmp_path: Path, organiser: User, as_user: AsUser, client: Client
) -> None:
    board = factories.CONFIG["phases"][0]["leaderboard"] | {"entry": "chosen"}
    challenge = factories.make_challenge(tmp_path, factories.config(leaderboard=board))
    phase, membership = factories.only_phase(challenge), factories.make_membership(challenge)
    worse = factories.make_scored(phase, membership.team, accuracy=0.5)
    factories.make_scored(phase, membership.team, accuracy=0.9)

    chosen = as_user(membership.user).post(path_of(worse, "/choose"))
    adas = as_user(organiser).post(path_of(worse, "/choose"))

    (row,) = client.get("/api/v1/challenges/rain/phases/main/leaderboard").json()["rows"]
    assert (chosen.status_code, chosen.json()["is_chosen"]) == (200, True)
    assert row["submission"] == str(worse.pk)
    assert adas.status_code == 404


def test_nothing_is_chosen_after_the_phase_has_closed(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    submission = factories.make_scored(phase, team)
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now() - timedelta(seconds=1))

    response = as_user(member).post(path_of(submission, "/choose"))

    assert response.status_code == 403
    assert error_of(response)["code"] == "phase-closed"
