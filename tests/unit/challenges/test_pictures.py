"""Of which cases pictures are drawn, and who sees them: a picture shows the ground truth."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from challenges.config import ConfigInvalid, read_folder
from challenges.config.folder import read_config
from challenges.models import Artifact, Phase, Replicates, Submission, Team
from challenges.pictures import cases_to_draw
from challenges.selectors.submissions import artifacts_of, result_of, with_results
from challenges.services import dispatch
from challenges.services.loading import load_challenge
from challenges.visibility import Viewer
from evaluator.codes import Code, Status
from evaluator.outcomes import Outcome
from evaluator.pictures import MAX_PICTURES
from tests import factories

COLUMN = {"key": "dice", "title": "Dice", "better": "higher", "digits": 2}
SPLIT = {"columns": [COLUMN], "split": {"public": "case-[12]"}}
ORGANISER = Viewer(is_organiser=True, team_id=None)


def volumes(pictures: str = "public", count: int = 4, **changes: Any) -> dict[str, Any]:
    """Return a challenge of volumes, as data."""
    case = {"id": f"case-{{1..{count}}}", "path": "{id}.npy", "dtype": "integer"}
    phase = {
        "submission": {"cases": [case]},
        "scoring": {"metrics": [{"key": "dice", "metric": "dice"}]},
        "leaderboard": SPLIT,
        "pictures": pictures,
    }
    return factories.config(**{**phase, **changes})


def make_phase(folder: Path, data: dict[str, Any], count: int = 4) -> Phase:
    truth = {f"truth/case-{n}.npy": b"truth" for n in range(1, count + 1)}
    return factories.only_phase(factories.make_challenge(folder, data, truth))


def drawn(phase: Phase) -> tuple[str, ...]:
    task = phase.tasks.get()
    assert task.scorer is not None
    return cases_to_draw(task.scorer.plan.cases, phase=phase.config, task=task.config)


def problems_of(data: dict[str, Any]) -> str:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(yaml.safe_dump(data, sort_keys=False).encode())
    return str(caught.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        ("none", ()),
        ("public", ("case-1", "case-2")),
        ("all", ("case-1", "case-2", "case-3", "case-4")),
    ],
)
def test_only_cases_that_may_be_shown_are_drawn(
    tmp_path: Path, pictures: str, expected: tuple[str, ...]
) -> None:
    assert drawn(make_phase(tmp_path, volumes(pictures))) == expected


@pytest.mark.django_db
def test_without_a_word_nothing_is_drawn(tmp_path: Path) -> None:
    data = volumes()
    del data["phases"][0]["pictures"]

    assert drawn(make_phase(tmp_path, data)) == ()


@pytest.mark.django_db
def test_without_a_split_every_case_is_public(tmp_path: Path) -> None:
    data = volumes("public", leaderboard={"columns": [COLUMN]})

    assert len(drawn(make_phase(tmp_path, data))) == 4


@pytest.mark.django_db
def test_no_more_than_a_few_are_drawn(tmp_path: Path) -> None:
    data = volumes("all", count=50, leaderboard={"columns": [COLUMN]})

    cases = drawn(make_phase(tmp_path, data, count=50))

    assert cases == tuple(f"case-{n}" for n in range(1, MAX_PICTURES + 1))


@pytest.mark.django_db
def test_a_job_says_what_to_draw_and_its_plan_does_not(tmp_path: Path) -> None:
    phase = make_phase(tmp_path, volumes())
    evaluation = factories.make_submission(phase).evaluations.get()
    factories.start(evaluation)
    evaluation.refresh_from_db()

    job = dispatch.build_job(evaluation)

    assert job.pictures == ("case-1", "case-2")
    assert "pictures" not in evaluation.scorer.plan_json


@pytest.mark.django_db
def test_turning_pictures_off_hides_them_and_scores_nothing_again(tmp_path: Path) -> None:
    submission = with_pictures(make_phase(tmp_path, volumes()))
    folder = factories.write_folder(
        tmp_path, volumes("none"), {f"truth/case-{n}.npy": b"truth" for n in range(1, 5)}
    )

    loaded = load_challenge(read_folder(folder))

    assert loaded.is_new
    assert loaded.requeued == 0
    assert seen(submission, own(submission)) == []
    assert len(seen(submission, ORGANISER)) == 4


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (volumes(leaderboard={**SPLIT, "show": "hidden"}), "'pictures: public'"),
        (volumes(leaderboard={**SPLIT, "show": "at-close"}), "'all' if the teams may see the"),
        (factories.config(pictures="all"), "'pictures' need cases that are arrays"),
        (
            volumes(scoring={"program": {"command": ["a"], "keys": ["dice"]}}),
            "let the program write its own",
        ),
        (volumes("some"), "phases[0].pictures: "),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_way_out(
    data: dict[str, Any], expected: str
) -> None:
    assert expected in problems_of(data)


def test_with_several_tasks_pictures_stand_in_each() -> None:
    data = volumes()
    phase = data["phases"][0]
    task = {"slug": "a", "cases": phase["submission"].pop("cases"), "scoring": phase.pop("scoring")}
    phase["tasks"] = [task]

    assert "pictures stand in each task" in problems_of(data)
    task["pictures"] = phase.pop("pictures")
    assert read_config(yaml.safe_dump(data).encode()).phases[0].all_tasks[0].pictures == "public"


def with_pictures(phase: Phase, team: Team | None = None) -> Submission:
    """Return a scored submission with a picture of each of four cases, whatever was ordered."""
    cases = {f"case-{n}": {"dice": n / 4} for n in range(1, 5)}
    pictures = tuple(
        factories.artifact(f"{name}.png", b"\x89PNG", case=name, words="Slice 1.") for name in cases
    )
    outcome = factories.scored({"dice": 0.5}, cases)
    submission = factories.make_submission(phase, team)
    return factories.finish(submission, outcome.model_copy(update={"artifacts": pictures}))


def own(submission: Submission) -> Viewer:
    return Viewer(is_organiser=False, team_id=submission.team_id)


def seen(submission: Submission, viewer: Viewer) -> list[str]:
    """Return the cases of the pictures that somebody sees, by both ways to ask."""
    loaded = with_results(Submission.objects.filter(pk=submission.pk)).get()
    found = [artifact.case or artifact.name for artifact in artifacts_of(loaded, viewer)]
    tasks = result_of(loaded, viewer).tasks
    assert found == [a.case or a.name for task in tasks for a in task.artifacts]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        ("none", []),
        ("public", ["case-1", "case-2"]),
        ("all", ["case-1", "case-2", "case-3", "case-4"]),
    ],
)
def test_a_team_sees_only_what_the_challenge_lets_it_see(
    tmp_path: Path, pictures: str, expected: list[str]
) -> None:
    submission = with_pictures(make_phase(tmp_path, volumes(pictures)))
    other = Viewer(is_organiser=False, team_id=submission.team_id + 1)
    nobody = Viewer(is_organiser=False, team_id=None)

    assert seen(submission, own(submission)) == expected
    assert seen(submission, ORGANISER) == ["case-1", "case-2", "case-3", "case-4"]
    assert seen(submission, other) == seen(submission, nobody) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pictures", "show", "expected"),
    [("all", "hidden", 4), ("all", "at-close", 4), ("public", "improvements-only", 2)],
)
def test_all_is_shown_before_the_scores_are(
    tmp_path: Path, pictures: str, show: str, expected: int
) -> None:
    phase = make_phase(tmp_path, volumes(pictures, leaderboard={**SPLIT, "show": show}))

    submission = with_pictures(phase)

    assert len(seen(submission, own(submission))) == expected


@pytest.mark.django_db
def test_where_only_improvements_show_a_worse_submission_has_no_pictures(tmp_path: Path) -> None:
    board = {**SPLIT, "show": "improvements-only"}
    phase = make_phase(tmp_path, volumes("public", leaderboard=board))
    team = factories.make_team(phase.challenge)

    first, again = (with_pictures(phase, team) for _ in range(2))

    assert len(seen(first, own(first))) == 2
    assert seen(again, own(again)) == []


@pytest.mark.django_db
def test_a_case_that_became_private_hides_the_picture_that_was_drawn(tmp_path: Path) -> None:
    phase = make_phase(tmp_path, volumes())
    submission = with_pictures(phase)
    narrower = phase.config_json.replace("case-[12]", "case-2")
    Phase.objects.update(config_json=narrower)

    assert seen(submission, own(submission)) == ["case-2"]


def program_phase(folder: Path, artifacts: str | None, show: str = "live") -> Phase:
    program: dict[str, Any] = {"command": ["python", "score.py"], "keys": ["accuracy"]}
    if artifacts:
        program["artifacts"] = artifacts
    board = factories.CONFIG["phases"][0]["leaderboard"] | {"show": show}
    data = factories.config(scoring={"program": program}, leaderboard=board)
    files = {"scoring/score.py": b"print()"}
    return factories.only_phase(factories.make_challenge(folder, data, files))


def with_file(phase: Phase) -> Submission:
    outcome = factories.scored({"accuracy": 0.5}, {"stations": {"accuracy": 0.5}})
    files = (factories.artifact("cases.csv", b"a,b\n"),)
    submission = factories.make_submission(phase)
    return factories.finish(submission, outcome.model_copy(update={"artifacts": files}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("artifacts", "show", "expected"),
    [
        (None, "live", []),
        ("organisers", "live", []),
        ("team", "live", ["cases.csv"]),
        ("team", "hidden", []),
        ("team", "at-close", []),
    ],
)
def test_files_of_a_program_are_for_organisers_unless_it_says_otherwise(
    tmp_path: Path, artifacts: str | None, show: str, expected: list[str]
) -> None:
    submission = with_file(program_phase(tmp_path, artifacts, show))

    assert seen(submission, own(submission)) == expected
    assert seen(submission, ORGANISER) == ["cases.csv"]


@pytest.mark.django_db
def test_artifacts_and_replicates_are_stored_with_the_scores(tmp_path: Path) -> None:
    phase = make_phase(tmp_path, volumes("all"))
    outcome = factories.scored({"dice": 0.5}, {f"case-{n}": {"dice": 0.5} for n in range(1, 5)})
    picture = factories.artifact("a/b.png", b"\x89PNG", case="a/b", words="Slice 1.")
    more = {"artifacts": (picture,), "replicates": {"dice": (0.25, 0.75)}}

    submission = factories.finish(factories.make_submission(phase), outcome.model_copy(update=more))

    evaluation = submission.evaluations.get()
    stored = evaluation.artifacts.get()
    assert (stored.name, stored.case, stored.words) == ("a/b.png", "a/b", "Slice 1.")
    assert (stored.sha256, stored.size_bytes, stored.kind) == (picture.sha256, 4, "png")
    replicates = evaluation.replicates.get()
    assert (replicates.key, replicates.numbers) == ("dice", [0.25, 0.75])


@pytest.mark.django_db
def test_a_split_without_all_scores_fails_and_keeps_nothing(tmp_path: Path) -> None:
    phase = make_phase(tmp_path, volumes("all"))
    outcome = factories.scored({"dice": 0.5}, {"case-1": {"dice": 0.5}})
    picture = factories.artifact("case-1.png", b"\x89PNG", case="case-1")

    submission = factories.finish(
        factories.make_submission(phase), outcome.model_copy(update={"artifacts": (picture,)})
    )

    assert submission.evaluations.get().code == Code.SCORE_MISSING
    assert not Artifact.objects.exists()
    assert not Replicates.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["x/" * 500 + "a.png", "é" * 250 + ".png", "\U0001f600.png"])
def test_a_file_of_any_name_that_is_taken_can_be_stored(tmp_path: Path, name: str) -> None:
    phase = make_phase(tmp_path, volumes("all"))
    outcome = Outcome(
        status=Status.SCORED,
        scores={"dice": 0.5},
        cases={f"case-{n}": {"dice": 0.5} for n in range(1, 5)},
        artifacts=(factories.artifact(name, b"\x89PNG"),),
    )

    factories.finish(factories.make_submission(phase), outcome)

    assert Artifact.objects.get().name == name
