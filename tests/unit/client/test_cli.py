"""The command: what it loads, what it takes, and its exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agon.cli import CommandParser, main, parser
from agon.commands import COMMANDS
from agon.exits import Exit
from tests.unit.client.documents import BOARD, CHALLENGE, ID, challenge, submission
from tests.unit.client.scripted import ScriptedSite, answer, document, refused

CLIENT = Path(__file__).parents[3] / "client"

Agon = Callable[..., int]


def in_a_process(*words: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """Run the command as a shell does."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(CLIENT)},
        **options,  # type: ignore[call-overload]  # of subprocess.run
    )
    return done


def test_help_loads_nothing_that_takes_time() -> None:
    code = (
        "import sys; from agon.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "slow = {'http.client', 'ssl', 'json', 'dataclasses', 'email', 'asyncio', 'hashlib'}\n"
        "print(sorted(slow & set(sys.modules) - before), file=sys.stderr)"
    )

    done = in_a_process("-c", f"import sys; before = set(sys.modules) - {{'json'}}\n{code}")

    assert "submit" in done.stdout
    assert done.stderr.strip() in {"[]", "['dataclasses']"}


def test_all_commands_have_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as caught:
            main([name, "--help"])
        assert caught.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_every_command_takes_json_quiet_and_site() -> None:
    def check(at: CommandParser) -> None:
        options = {option for action in at.filled()._actions for option in action.option_strings}
        assert {"--json", "--quiet", "--site"} <= options
        for action in at._actions:
            if isinstance(action.choices, dict):
                for inner in action.choices.values():
                    check(inner)

    check(parser())


@pytest.mark.parametrize(
    "line",
    [(), ("nonsense",), ("submit",), ("status", "x"), ("submit", "p", "-c", "r", "--meta", "x")],
)
def test_a_wrong_line_is_wrong_usage(
    line: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main(list(line))
    except SystemExit as error:
        code = error.code

    assert code == Exit.USAGE
    assert capsys.readouterr().out == ""


def test_a_wrong_line_says_where_to_read_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["submit"])

    assert capsys.readouterr().err.endswith("See: agon submit --help\n")


def test_options_may_stand_before_and_after_the_command(
    agon: Agon, scripted: ScriptedSite, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.will(document(CHALLENGE), document(CHALLENGE))

    assert agon("--json", "show", "rain") == agon("show", "rain", "--json") == Exit.FINE
    first, _, second = capsys.readouterr().out.partition("}\n{")
    assert json.loads(first + "}") == json.loads("{" + second) == CHALLENGE


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (document(CHALLENGE), Exit.FINE),
        (refused(403, "scope-missing"), Exit.REFUSED),
        (refused(401, "not-signed-in"), Exit.NOT_SIGNED_IN),
        (refused(404, "not-found"), Exit.NOT_FOUND),
        (refused(429, "rate-limited", Retry_After="999"), Exit.REFUSED),
        (answer(200, b"<html>"), Exit.REFUSED),
    ],
)
def test_exit_codes_of_what_the_site_says(
    agon: Agon, scripted: ScriptedSite, told: object, code: Exit
) -> None:
    scripted.will(told)  # type: ignore[arg-type]  # parametrised

    assert agon("show", "rain") == code


def test_nobody_there_is_a_matter_of_the_network(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["challenges", "--site", "http://127.0.0.1:1"])

    assert code == Exit.NETWORK
    assert "cannot be reached" in capsys.readouterr().err


def test_without_a_token_nothing_is_asked(
    scripted: ScriptedSite, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["whoami", "--site", scripted.url])

    assert code == Exit.NOT_SIGNED_IN
    assert f"agon login --site {scripted.url}" in capsys.readouterr().err
    assert scripted.asked == []


def test_the_site_s_sentence_is_printed_unchanged(
    agon: Agon, scripted: ScriptedSite, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = "Phase 'Main' closed on 2027-02-01 00:00:00 UTC; it takes no more uploads."
    scripted.will(refused(403, "phase-closed", sentence))

    agon("show", "rain")

    assert capsys.readouterr() == ("", f"agon: {sentence}\n")


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        ("scored", None, Exit.FINE),
        ("queued", None, Exit.FINE),
        ("rejected", "shape-mismatch", Exit.REJECTED),
        ("failed", "scorer-crashed", Exit.FAILED),
        ("cancelled", "cancelled", Exit.FAILED),
    ],
)
def test_exit_codes_of_a_submission(
    agon: Agon, scripted: ScriptedSite, status: str, code: str | None, exit_code: Exit
) -> None:
    scripted.will(document(submission(status=status, code=code)), document(BOARD))

    assert agon("status", ID) == exit_code


def test_a_rejected_submission_lists_what_to_mend(
    agon: Agon, scripted: ScriptedSite, capsys: pytest.CaptureFixture[str]
) -> None:
    problems = [
        {"code": "shape-mismatch", "path": "a", "message": "a has the shape (1,)."},
        {"code": "case-missing", "path": "b", "message": "b is missing."},
    ]
    scripted.will(
        document(
            submission(
                status="rejected",
                code="shape-mismatch",
                message="Mend 2 things.",
                problems=problems,
            )
        )
    )

    agon("status", ID)

    out, err = capsys.readouterr()
    assert "rejected (shape-mismatch)" in out
    assert err == "agon: Mend 2 things.\n  a has the shape (1,).\n  b is missing.\n"


def test_a_submission_is_also_known_by_its_address(agon: Agon, scripted: ScriptedSite) -> None:
    scripted.will(document(submission(status="queued")))

    agon("status", f"https://agon.example.org/submissions/{ID}/", "--quiet")

    assert scripted.asked[0].path == f"/api/v1/submissions/{ID}"


def test_the_leaderboard_shows_as_many_digits_as_the_site(
    agon: Agon, scripted: ScriptedSite, capsys: pytest.CaptureFixture[str]
) -> None:
    scripted.will(document(CHALLENGE), document(BOARD))

    agon("leaderboard", "rain", "--top", "2")

    assert capsys.readouterr().out.splitlines() == [
        "Rank  Team  Method  Accuracy  Entries",
        "   1  Bees             1.000        1",
        "   2  Ants  guess      0.750        4",
    ]


def test_which_phase_is_asked_when_several_are_open(
    agon: Agon, scripted: ScriptedSite, capsys: pytest.CaptureFixture[str]
) -> None:
    phase = CHALLENGE["phases"][0]
    scripted.will(document(challenge(phases=[phase, {**phase, "slug": "final"}])))

    code = agon("leaderboard", "rain")

    assert code == Exit.USAGE
    assert "Name one of: main (open), final (open)." in capsys.readouterr().err


def test_ctrl_c_ends_with_its_own_code(
    agon: Agon, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("agon.commands.challenges.run", interrupted)

    assert agon("challenges") == Exit.INTERRUPTED
    assert "Run the same command again" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_trouble(scripted: ScriptedSite) -> None:
    scripted.will(document(CHALLENGE))
    command = f"{sys.executable} -m agon show rain --json --site {scripted.url}"

    done = subprocess.run(
        ["bash", "-c", f"{command} | head -c 1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(CLIENT)},
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")


def test_signing_in_without_a_terminal_asks_nobody(scripted: ScriptedSite) -> None:
    done = in_a_process("-m", "agon", "login", "--site", scripted.url, stdin=subprocess.DEVNULL)

    assert done.returncode == Exit.NOT_SIGNED_IN
    assert "agon login --token -" in done.stderr
    assert scripted.asked == []


def test_a_token_from_standard_input_is_kept(scripted: ScriptedSite, home: Path) -> None:
    scripted.will(document({"name": "Grace", "email": "g@example.org"}))

    done = in_a_process(
        "-m", "agon", "login", "--token", "-", "--site", scripted.url, input="agon_abc\n"
    )

    stored = (home / "config" / "agon" / "credentials.json").read_text()
    assert done.stdout == f"Signed in to {scripted.url} as Grace.\n"
    assert json.loads(stored)["sites"][scripted.url]["token"] == "agon_abc"
    assert "agon_abc" not in done.stdout + done.stderr


def test_a_token_that_the_site_refuses_is_not_kept(scripted: ScriptedSite, home: Path) -> None:
    scripted.will(refused(401, "not-signed-in"))

    done = in_a_process("-m", "agon", "login", "--token", "-", "--site", scripted.url, input="x\n")

    assert done.returncode == Exit.NOT_SIGNED_IN
    assert not (home / "config").exists()


def test_an_empty_standard_input_is_wrong_usage(scripted: ScriptedSite) -> None:
    done = in_a_process("-m", "agon", "login", "--token", "-", "--site", scripted.url, input="")

    assert done.returncode == Exit.USAGE
    assert "There is no token on standard input." in done.stderr


def test_a_folder_that_cannot_be_written_is_told(scripted: ScriptedSite, home: Path) -> None:
    scripted.will(document({"name": "Grace", "email": "g@example.org"}))
    home.mkdir()
    (home / "config").write_text("a file where a folder should be")

    done = in_a_process(
        "-m", "agon", "login", "--token", "-", "--site", scripted.url, input="agon_abc\n"
    )

    assert done.returncode == Exit.USAGE
    assert "Not a directory" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_names_are_shown_as_far_as_the_terminal_can(
    scripted: ScriptedSite, words: tuple[str, ...]
) -> None:
    scripted.will(document(challenge(title="Größe 大")))

    done = subprocess.run(
        [sys.executable, "-m", "agon", "show", "rain", "--site", scripted.url, *words],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(CLIENT), "PYTHONIOENCODING": "ascii"},
    )

    assert (done.returncode, done.stderr) == (0, b"")
    shown = json.loads(done.stdout)["title"] if words else done.stdout.decode()
    assert ("Größe 大" if words else "Gr??e ?") in shown


@pytest.mark.parametrize(("source", "asked"), [("device", 1), ("token", 0)])
def test_signing_out_makes_only_a_browser_s_token_void(
    scripted: ScriptedSite, home: Path, source: str, asked: int
) -> None:
    folder = home / "config" / "agon"
    folder.mkdir(parents=True)
    entry = {"token": "agon_x", "name": "Grace", "source": source}
    known = {"current": scripted.url, "sites": {scripted.url: entry}}
    (folder / "credentials.json").write_text(json.dumps(known))
    scripted.will(answer(204))

    assert main(["logout"]) == Exit.FINE
    assert [each.path for each in scripted.asked] == ["/api/v1/me/tokens/current"] * asked
    assert json.loads((folder / "credentials.json").read_text())["sites"] == {}
