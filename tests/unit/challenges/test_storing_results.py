"""Whatever a result file may hold, the database takes; what it cannot take is refused before."""

import json
from pathlib import Path

import pytest

from challenges.config import ConfigInvalid
from challenges.models import Evaluation, Phase
from challenges.services import reports
from evaluator.codes import Status
from evaluator.outcomes import Outcome
from evaluator.results import ResultInvalid, read_result
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def phase(tmp_path: Path) -> Phase:
    return factories.only_phase(factories.make_challenge(tmp_path))


@pytest.fixture
def evaluation(phase: Phase) -> Evaluation:
    return factories.make_submission(phase).evaluations.get()


def with_case(name: str) -> bytes:
    document = {"scores": {"accuracy": 0.5}, "cases": {name: {"accuracy": 0.5}}}
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "name", ["a", "é" * 200, "\N{SNOWMAN}/\U0001f600", "d/" * 100 + "case", "n" * 255, "é" * 255]
)
def test_a_case_of_any_name_that_is_taken_can_be_stored(evaluation: Evaluation, name: str) -> None:
    result = read_result(with_case(name), ["accuracy"])

    reports.finish(
        factories.start(evaluation),
        Outcome(status=Status.SCORED, scores=result.scores, cases=result.cases),
    )

    assert evaluation.case_scores.get().case == name


@pytest.mark.parametrize("name", ["n" * 256, "é" * 512, "a/" * 200 + "b"])
def test_a_case_of_a_longer_name_is_refused(name: str) -> None:
    with pytest.raises(ResultInvalid, match="names a case of more than 255 characters"):
        read_result(with_case(name), ["accuracy"])


def test_a_challenge_with_a_case_of_a_longer_name_is_refused(tmp_path: Path) -> None:
    case = factories.CONFIG["phases"][0]["submission"]["cases"][0] | {"id": "n" * 256}

    with pytest.raises(ConfigInvalid, match="255"):
        factories.make_challenge(tmp_path, factories.config(submission={"cases": [case]}))


@pytest.mark.parametrize(
    "number", ["0", "-0.0", "1e-320", "1.7976931348623157e308", "-1e308", "9007199254740993"]
)
def test_a_score_of_any_size_is_stored_as_it_is(evaluation: Evaluation, number: str) -> None:
    result = read_result(b'{"scores": {"accuracy": %s}}' % number.encode(), ["accuracy"])

    reports.finish(factories.start(evaluation), Outcome(status=Status.SCORED, scores=result.scores))

    assert evaluation.scores.get().value == float(number)
