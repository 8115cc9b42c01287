"""Every command, against a whole site."""

import json
from pathlib import Path

import pytest

from agon.exits import Exit
from tests.integration.client.conftest import Computer, volume, write_store
from tests.integration.system.site import Site

pytestmark = pytest.mark.bubblewrap

RIGHT = "id,rain\n1,0\n2,1\n3,1\n4,0\n"


@pytest.fixture
def rain(near: Computer) -> Computer:
    """A computer whose person takes part in `rain`, and has a good and a bad upload."""
    near.agon("join", "rain", "--team", "Ants")
    (near.folder / "rain.csv").write_text(RIGHT)
    (near.folder / "bad.csv").write_text("id,rain\n1,0\n2,wet\n")
    return near


def test_from_the_first_look_to_a_rank(near: Computer) -> None:
    challenges = near.document("challenges")["challenges"]
    assert {c["slug"] for c in challenges} == {"rain", "files", "volumes"}
    near.agon("join", "volumes", "--team", "Ants")
    near.agon("data", "volumes", "--to", "data")
    assert (near.folder / "data/train/case-77.zarr/labels/zarr.json").is_file()
    for number in (1, 2):
        write_store(near.folder / "out" / f"case-0{number}.zarr", "labels", volume(number))

    scored = near.document("submit", "out", "-c", "volumes", "--method", "copy", "--wait")

    assert (scored["status"], scored["scores"]) == ("scored", {"accuracy": 1.0})
    board = near.document("leaderboard", "volumes")
    assert [(row["rank"], row["team"], row["method"]) for row in board["rows"]] == [
        (1, "Ants", "copy")
    ]
    told = near.agon("status", scored["id"])
    assert "Rank        1" in told
    back = near.agon("download", scored["id"], "--to", "back").strip()
    assert (near.folder / back / "case-01.zarr/labels/zarr.json").is_file()


def test_a_submission_says_its_method_description_and_metadata(rain: Computer) -> None:
    words = [
        "submit",
        "rain.csv",
        "-c",
        "rain",
        "-p",
        "main",
        "--method",
        "guess",
        "-m",
        "All right",
    ]
    created = rain.document(*words)

    shown = rain.document("status", created["id"])
    assert (shown["method"], shown["description"]) == ("guess", "All right")
    assert rain.document("submissions", "rain")["submissions"][0]["id"] == created["id"]


def test_a_rejected_submission_has_its_exit_code_and_says_what_to_mend(rain: Computer) -> None:
    err = rain.agon("submit", "bad.csv", "-c", "rain", "--wait", code=Exit.REJECTED)

    assert "agon: " in err
    assert "bad.csv" in err or "rain.csv" in err


def test_the_quota_goes_down(rain: Computer) -> None:
    before = rain.document("quota", "rain")["today"]["used"]

    rain.agon("submit", "rain.csv", "-c", "rain", "--wait", "--quiet")

    assert rain.document("quota", "rain")["today"]["used"] == before + 1
    assert "today" in rain.agon("quota", "rain")


def test_cancelling_what_has_ended_is_refused_in_the_site_s_words(rain: Computer) -> None:
    scored = rain.document("submit", "rain.csv", "-c", "rain", "--wait")

    err = rain.agon("cancel", scored["id"], code=Exit.REFUSED)

    assert err.startswith("agon: ")
    assert err.count("\n") == 1


def test_choosing_a_submission(rain: Computer) -> None:
    scored = rain.document("submit", "rain.csv", "-c", "rain", "--wait")

    assert rain.document("choose", scored["id"])["is_chosen"] is True


def test_a_check_here_says_what_the_site_will_say(rain: Computer) -> None:
    assert "Nothing is wrong" in rain.agon("check", "rain.csv", "-c", "rain")

    told = rain.agon("check", "bad.csv", "-c", "rain", code=Exit.REJECTED)
    scored = rain.agon("submit", "bad.csv", "-c", "rain", "--wait", code=Exit.REJECTED)

    (here,) = [line.strip() for line in told.splitlines() if "wet" in line]
    assert here in scored


def test_scores_here_are_the_scores_of_the_site(near: Computer) -> None:
    near.agon("join", "volumes", "--team", "Ants")
    near.agon("data", "volumes", "--to", "data")
    wrong = volume(77)
    wrong[:4] = 9
    write_store(near.folder / "guess" / "case-77.zarr", "labels", wrong)

    told = near.document("score", "guess", "--truth", "data/train", "-c", "volumes")

    (task,) = told["tasks"]
    assert task["scores"] == {"accuracy": 0.5}
    assert list(task["cases"]) == ["case-77"]


def test_the_team_and_its_invitation(rain: Computer, scoring: Site, tmp_path: Path) -> None:
    link = rain.agon("teams", "invite", "rain").strip()
    scoring.command("person", "add", "hedy@example.org", "--name", "Hedy")
    token = scoring.command("person", "token", "hedy@example.org").splitlines()[-1]
    (tmp_path / "other").mkdir()
    hedy = Computer(tmp_path / "other", scoring.url, token)

    hedy.agon("teams", "accept", link)

    members = rain.document("teams", "show", "rain")["members"]
    assert sorted(member["name"] for member in members) == ["Grace", "Hedy"]
    hedy.agon("teams", "leave", "rain")
    assert hedy.agon("teams", "show", "rain", code=Exit.REFUSED).startswith("agon: ")


def test_who_may_not_see_something_is_told_that_it_is_not_there(rain: Computer) -> None:
    scored = rain.document("submit", "rain.csv", "-c", "rain", "--wait")

    assert "agon: " in rain.agon("logs", scored["id"], code=Exit.NOT_FOUND)
    assert "agon: " in rain.agon("show", "nowhere", code=Exit.NOT_FOUND)


def test_signing_in_with_a_token_and_out_again(near: Computer) -> None:
    token, near.token = near.token, ""
    near.agon("whoami", code=Exit.NOT_SIGNED_IN)
    (near.folder / "token").write_text(token)

    process = near.start("login", "--token", "-")
    process.communicate(timeout=60)

    assert process.returncode == Exit.USAGE  # nothing on standard input
    near.environment["AGON_TOKEN"] = token
    assert near.document("whoami")["name"] == "Grace"


def test_an_organiser_pushes_checks_pulls_and_looks(scoring: Site, tmp_path: Path) -> None:
    token = scoring.command("person", "token", "ada@example.org").splitlines()[-1]
    ada = Computer(tmp_path, scoring.url, token)
    ada.agon("challenge", "pull", "rain", "--to", "rain")
    assert not (tmp_path / "rain" / "truth").exists()
    (tmp_path / "rain" / "truth").mkdir()
    (tmp_path / "rain" / "truth" / "rain.csv").write_text(RIGHT)
    (tmp_path / "rain" / "pages" / "overview.md").write_text("# Rain\n\nNew words.\n")

    assert ada.document("challenge", "check", "rain")["challenge"] == "rain"
    pushed = ada.document("challenge", "push", "rain")

    assert pushed["is_new"] is True
    assert ada.document("challenge", "push", "rain")["is_new"] is False
    revisions = ada.document("challenge", "revisions", "rain")["revisions"]
    assert revisions[0]["number"] == pushed["revision"]["number"]
    assert ada.document("challenge", "rerun", "rain") == {"evaluations": 0}
    ada.agon("challenge", "overview", "rain")
    ada.agon("challenge", "submissions", "rain", "--status", "scored")


def test_a_challenge_to_begin_with_is_one_that_the_site_takes(
    scoring: Site, tmp_path: Path
) -> None:
    token = scoring.command("person", "token", "ada@example.org").splitlines()[-1]
    ada = Computer(tmp_path, scoring.url, token)
    ada.agon("challenge", "init", "my-first", "--organiser", "ada@example.org")

    scoring.command("challenge", "check", str(tmp_path / "my-first"))

    again = ada.agon("challenge", "init", "my-first", code=Exit.USAGE)
    assert "not empty" in again


def test_errors_in_json_are_for_programs(rain: Computer) -> None:
    err = rain.agon("show", "nowhere", "--json", code=Exit.NOT_FOUND)

    assert json.loads(err)["code"] == "not-found"
