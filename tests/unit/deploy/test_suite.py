"""What is left out of a run is named, and refused where nothing may be left out."""

from pathlib import Path

import pytest

from deploy.audit import Vulnerable, judge
from deploy.commands import attempt, exit_code_of, run
from deploy.errors import CommandFailed, SetupError
from deploy.services import SERVICES, Ready
from deploy.suite import check_complete, is_strict

WITHOUT_REDIS = Ready(left_out={"redis": "Redis is not installed."})


@pytest.mark.parametrize(
    ("environ", "strict"), [({}, False), ({"CI": "true"}, True), ({"CI": "false"}, False)]
)
def test_continuous_integration_is_strict(environ: dict[str, str], *, strict: bool) -> None:
    assert is_strict(environ) is strict


def test_what_is_left_out_is_named_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    check_complete(WITHOUT_REDIS, strict=False)

    assert "tests marked 'redis'. Redis is not installed." in capsys.readouterr().err


def test_nothing_may_be_left_out_in_continuous_integration() -> None:
    with pytest.raises(SetupError, match="nothing may be left out"):
        check_complete(WITHOUT_REDIS, strict=True)


def test_every_service_has_a_marker_of_its_name(pytestconfig: pytest.Config) -> None:
    markers = {line.split(":")[0] for line in pytestconfig.getini("markers")}

    assert set(SERVICES) <= markers


def test_a_finding_fails_the_audit_and_names_the_way_out() -> None:
    finding = {"id": "PYSEC-1", "fix_versions": ["5.2.1"]}
    rows: list[dict[str, object]] = [{"name": "django", "version": "5.2", "vulns": [finding]}]

    with pytest.raises(Vulnerable, match=r"django 5\.2: PYSEC-1, mended in 5\.2\.1"):
        judge(rows)


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([{"name": "a", "vulns": []}], "fine"),
        ([{"name": "a", "skip_reason": "not found"}], "NOT CHECKED"),
    ],
)
def test_an_audit_without_advisories_does_not_call_itself_fine(
    rows: list[dict[str, object]], verdict: str
) -> None:
    assert judge(rows) == verdict


def test_a_failed_command_shows_the_end_of_what_it_printed() -> None:
    with pytest.raises(CommandFailed, match="no such thing") as caught:
        run(["sh", "-c", "echo no such thing >&2; exit 7"], what="Looking")

    assert caught.value.exit_code == 7
    assert str(caught.value).startswith("Looking failed: `sh -c")


def test_a_missing_program_and_a_late_one_are_results() -> None:
    assert attempt(["/nonexistent"]).returncode == 127
    assert attempt(["sleep", "60"], timeout=0.05).returncode == 124


def test_ctrl_c_ends_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert exit_code_of(interrupted) == 130
    assert capsys.readouterr().err.startswith("Stopped.")


def test_trouble_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def troubled() -> int:
        raise SetupError("The folder /x cannot be written to.")

    assert exit_code_of(troubled) == 1
    assert capsys.readouterr().err == "The folder /x cannot be written to.\n"


def test_a_program_can_be_run_elsewhere(tmp_path: Path) -> None:
    assert run(["pwd"], what="Asking", cwd=tmp_path).strip() == str(tmp_path)
