"""Errors in `challenge.yaml` name the place and the way out."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from challenges.config import ConfigInvalid, read_folder
from challenges.config.folder import read_config
from challenges.config.patterns import expand
from tests import factories

TEXTS = {"id": "all", "path": "all.csv", "dtype": "text", "column": "kind", "index": "id"}


def problems_of(data: dict[str, Any]) -> str:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(yaml.safe_dump(data, sort_keys=False).encode())
    return str(caught.value)


def with_phase(**changes: Any) -> dict[str, Any]:
    return factories.config(**changes)


def test_a_valid_file_is_read_and_survives_the_database() -> None:
    config = read_config(yaml.safe_dump(factories.config()).encode())

    assert type(config).model_validate_json(config.model_dump_json()) == config


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (factories.config() | {"titel": "x"}, "titel: unknown key, did you mean 'title'?"),
        (with_phase(limts={}), "phases[0].limts: unknown key, did you mean 'limits'?"),
        (
            with_phase(scoring={"metrics": [{"key": "a", "metric": "iuo"}]}),
            "phases[0].scoring.metrics[0].metric: unknown metric 'iuo', did you mean 'iou'?",
        ),
        (
            with_phase(scoring={"metrics": [{"key": "a", "metric": "f1", "averag": "micro"}]}),
            "f1 has no parameter 'averag', did you mean 'average'?",
        ),
        (
            with_phase(opens="2026-01-01T00:00:00"),
            "phases[0].opens: write the time with its zone",
        ),
        (with_phase(closes="2025-01-01T00:00:00Z"), "the phase closes before it opens"),
        (
            with_phase(limits={"upload": "2 GB"}),
            "phases[0].limits.upload: write a number and a unit (B, KiB, MiB, GiB, TiB)",
        ),
        (with_phase(limits={"per_day": 0}), "phases[0].limits.per_day: "),
        (
            with_phase(
                leaderboard={"columns": [{"key": "acuracy", "title": "A", "better": "higher"}]}
            ),
            "unknown column 'acuracy', did you mean 'accuracy'?",
        ),
        (with_phase(scoring={}), "give either 'metrics' or 'program'"),
        (with_phase(submission={"kind": "code"}), "phases[0].submission.kind: "),
        (factories.config() | {"organisers": ["ada"]}, "'ada' is no e-mail address"),
        (factories.config() | {"slug": "New Challenge"}, "slug: "),
        (factories.config() | {"slug": "api"}, "'api' is an address of the site itself"),
        (factories.config() | {"metadata_schema": {"type": "objekt"}}, "no valid JSON Schema"),
        (factories.config() | {"agon": 2}, "agon: "),
        (
            with_phase(scoring={"metrics": [{"key": "a", "metric": "rmse"}], "missing": "worst"}),
            "add the parameter 'worst' to that metric",
        ),
        (
            with_phase(scoring={"metrics": [{"key": "a", "metric": "mine.py:score"}]}),
            "mine.py:score: add 'better: higher' or 'better: lower'",
        ),
        (
            with_phase(
                submission={"cases": [TEXTS]},
                scoring={"metrics": [{"key": "a", "metric": "log_loss_multi"}]},
            ),
            "metric 'a': log_loss_multi takes the numbers of classes, from 0 on",
        ),
        (
            with_phase(
                submission={"cases": [TEXTS]},
                scoring={"metrics": [{"key": "a", "metric": "cohen_kappa", "weights": "linear"}]},
            ),
            "metric 'a': weights need labels that are numbers, not texts",
        ),
        (
            with_phase(scoring={"metrics": [{"key": "a", "metric": "iou", "groups": ["mito"]}]}),
            "metric 'a': no case has the group 'mito'",
        ),
        (
            with_phase(
                scoring={
                    "metrics": [{"key": "dice", "metric": "dice"}],
                    "combinations": [{"key": "all", "combine": "mean", "of": ["dise"]}],
                }
            ),
            "combination 'all': there is no metric 'dise', did you mean 'dice'?",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_way_out(
    data: dict[str, Any], expected: str
) -> None:
    assert expected in problems_of(data)


def test_one_typo_gives_one_problem() -> None:
    column = {"key": "accuracy", "title": "A", "bettr": "higher"}

    problems = problems_of(with_phase(leaderboard={"columns": [column]}))

    assert "unknown key, did you mean 'better'?" in problems
    assert "at least 1 item" not in problems


def test_every_mistake_is_told_at_once_with_its_line() -> None:
    text = yaml.safe_dump(factories.config(), sort_keys=False)
    broken = text.replace("title: Rain", "titel: Rain").replace("license: CC0-1.0\n", "")

    with pytest.raises(ConfigInvalid) as caught:
        read_config(broken.encode())

    lines = [str(problem) for problem in caught.value.problems]
    assert any(line.startswith("challenge.yaml:3: titel") for line in lines)
    assert any("license: this key is missing" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("agon: 1\nagon: 1\n", "challenge.yaml:2: challenge.yaml: the key 'agon' stands here"),
        ("agon: !!python/object/apply:os.system [id]\n", "could not determine a constructor"),
        ("- a\n- b\n", "not a list of keys"),
        ("a: [1, 2\n", "challenge.yaml:2"),
        ("a: &a [x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "unknown key"),
    ],
)
def test_odd_yaml_is_refused(text: str, expected: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        read_config(text.encode())

    assert expected in str(caught.value)


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    layers = "\n".join(f"l{n}: &l{n} [{','.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12))

    with pytest.raises(ConfigInvalid, match="aliases make this file too large"):
        read_config(f"l0: &l0 [x]\n{layers}\n".encode())


def test_a_case_without_truth_is_named(tmp_path: Path) -> None:
    data = factories.config()
    data["phases"][0]["submission"]["cases"][0]["path"] = "wind.csv"

    with pytest.raises(ConfigInvalid, match=r"truth/wind.csv: the truth of case 'stations'"):
        read_folder(factories.write_folder(tmp_path, data))


def test_patterns_of_cases_are_written_out_once(tmp_path: Path) -> None:
    config = read_folder(factories.write_folder(tmp_path, factories.config())).config

    (phase,) = config.phases

    assert phase.all_tasks[0].expanded_cases() is phase.all_tasks[0].expanded_cases()


@pytest.mark.parametrize("name", ["all.npz", "all.zarr.zip", "all.h5", "all.HDF5"])
def test_one_file_may_hold_the_truth_of_all_cases(name: str, tmp_path: Path) -> None:
    data = factories.config()
    data["phases"][0]["submission"]["cases"] = [
        {"id": "case-{1..3}", "path": "{id}.npy", "dtype": "integer", "truth": f"{name}/a/{{id}}"}
    ]
    folder = factories.write_folder(tmp_path, data)
    (folder / "truth" / name).write_bytes(b"")

    read_folder(folder)

    (folder / "truth" / name).rename(folder / "truth" / f"other-{name}")
    with pytest.raises(ConfigInvalid, match="the truth of case 'case-2' is missing"):
        read_folder(folder)


def test_links_in_the_folder_are_refused(tmp_path: Path) -> None:
    folder = factories.write_folder(tmp_path)
    (folder / "public" / "passwords").symlink_to("/etc/passwd")
    (folder / "public" / "etc").symlink_to("/etc")

    with pytest.raises(ConfigInvalid) as caught:
        read_folder(folder)

    assert [problem.place for problem in caught.value.problems] == [
        "public/passwords",
        "public/etc",
    ]


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    scoring = {"program": {"command": ["python", "score.py"], "keys": ["accuracy"]}}
    folder = factories.write_folder(tmp_path, factories.config(scoring=scoring))

    with pytest.raises(ConfigInvalid, match=r"no file of \['python', 'score.py'\] is in scoring/"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("case-{08..10}", ["case-08", "case-09", "case-10"]),
        ("{north,south}-{1..2}", ["north-1", "north-2", "south-1", "south-2"]),
        ("plain", ["plain"]),
    ],
)
def test_patterns_are_written_out(pattern: str, names: list[str]) -> None:
    assert expand(pattern) == names


@pytest.mark.parametrize("pattern", ["{5..1}", "{0..99999}", "{1..200}{1..200}"])
def test_patterns_that_mean_too_much_or_nothing_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"range|names"):
        expand(pattern)
