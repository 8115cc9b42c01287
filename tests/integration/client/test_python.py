"""The Python API, against a whole site: from arrays in memory to a rank."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agon import Site as ClientSite
from agon import SubmissionRejected
from agon.errors import TimeIsUp, UsageWrong
from docs.generator.pages import DOCS
from tests.integration.client.conftest import volume
from tests.integration.system.site import Site
from tests.unit.docs.reading import fences

pytestmark = pytest.mark.bubblewrap


@pytest.fixture
def site(scoring: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClientSite]:
    """Grace in a notebook."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with ClientSite(scoring.url, token=scoring.token) as site:
        site.challenge("volumes").join("Ants")
        yield site


def test_from_arrays_in_memory_to_a_rank(site: ClientSite) -> None:
    phase = site.challenge("volumes").phase("main")
    arrays = {f"case-0{number}.zarr/labels": volume(number) for number in (1, 2)}

    submission = phase.submit(arrays, method="perfect").wait()

    assert submission.scores == {"accuracy": 1.0}
    assert submission.rank == 1
    assert phase.leaderboard().row_of(team="Ants") is not None
    assert "<td>Ants</td>" in phase.leaderboard()._repr_html_()
    assert "<td>perfect</td>" in submission._repr_html_()


def test_what_is_rejected_says_what_to_mend(site: ClientSite) -> None:
    arrays = {"case-01.zarr/labels": volume(1), "case-02.zarr/labels": volume(2)[:3]}

    with pytest.raises(SubmissionRejected) as caught:
        site.challenge("volumes").phase().submit(arrays).wait()

    assert caught.value.code == "shape-mismatch"
    assert "case-02.zarr/labels" in str(caught.value.details["problems"])


def test_waiting_has_an_end_where_that_is_wished(site: ClientSite) -> None:
    arrays = {"case-01.zarr/labels": volume(1), "case-02.zarr/labels": volume(2)}
    submission = site.challenge("volumes").phase().submit(arrays)

    with pytest.raises(TimeIsUp, match="is still queued"):
        submission.wait(0)

    assert submission.wait(60).status == "scored"


def test_what_is_there_can_be_looked_at(site: ClientSite) -> None:
    challenge = site.challenge("volumes")

    assert challenge.title == "Volumes"
    assert challenge.phase().quota().in_flight.left > 0
    assert challenge.my_team().name == "Ants"
    assert {file.path.partition("/")[0] for file in challenge.files()} == {"sample.csv", "train"}
    assert "Main" in challenge._repr_html_()
    assert "open" in challenge.phase()._repr_html_()
    with pytest.raises(UsageWrong, match="There is no phase 'final'"):
        challenge.phase("final")


def test_the_ten_lines_of_the_page_work(
    site: ClientSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AGON_SITE", site.url)
    monkeypatch.setenv("AGON_TOKEN", site.transport.token)
    lines = fences(DOCS / "participate" / "python.md", "python")[0].replace("cells", "volumes")

    exec(compile(lines, "python.md", "exec"), {"predict": volume})

    assert "{'accuracy': 1.0}\nrank 1\n" in capsys.readouterr().out
    assert len([line for line in lines.splitlines() if line]) <= 10
