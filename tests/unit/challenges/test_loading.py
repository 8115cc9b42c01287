"""Taking a folder in: immutable revisions, versions of scorer and truth."""

from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from challenges.blobs import site_blobs
from challenges.config import read_folder
from challenges.errors import PhaseInUse, RescoreNeeded
from challenges.models import Evaluation, Leaderboard, Revision, Score, TruthVersion
from challenges.services import reports
from challenges.services.loading import load_challenge
from challenges.services.organisers import sync_organised
from challenges.services.rerunning import rerun_failed
from evaluator.codes import Status
from tests import factories

pytestmark = pytest.mark.django_db
OTHER_TRUTH = {"truth/rain.csv": b"id,rain\n1,1\n2,1\n3,1\n4,1\n"}


def test_the_same_folder_twice_changes_nothing(tmp_path: Path) -> None:
    folder = read_folder(factories.write_folder(tmp_path))
    first = load_challenge(folder)

    second = load_challenge(folder)

    assert (first.is_new, second.is_new) == (True, False)
    assert Revision.objects.count() == 1


def test_a_changed_folder_makes_a_new_revision_and_keeps_the_old(tmp_path: Path) -> None:
    challenge = factories.make_challenge(tmp_path)
    (tmp_path / "pages" / "overview.md").write_text("# New words\n")

    load_challenge(read_folder(tmp_path))

    challenge.refresh_from_db()
    assert [revision.number for revision in challenge.revisions.order_by("number")] == [1, 2]
    assert challenge.revision.number == 2


def test_going_back_to_an_old_folder_makes_that_revision_current_again(tmp_path: Path) -> None:
    factories.make_challenge(tmp_path)
    page = tmp_path / "pages" / "overview.md"
    old = page.read_bytes()
    page.write_text("# New words\n")
    load_challenge(read_folder(tmp_path))
    page.write_bytes(old)

    loaded = load_challenge(read_folder(tmp_path))

    assert loaded.challenge.revision.number == 1


def test_truth_is_in_the_blob_store_only(tmp_path: Path) -> None:
    challenge = factories.make_challenge(tmp_path)

    truth = TruthVersion.objects.get().manifest.files[0]

    with site_blobs().open(truth.sha256) as blob:
        assert blob.read() == factories.TRUTH
    assert "0\n2,1" not in challenge.revision.config_json + challenge.revision.manifest_json


def test_new_words_on_a_page_leave_scorer_and_truth_as_they_are(tmp_path: Path) -> None:
    challenge = factories.make_challenge(tmp_path)
    factories.make_scored(factories.only_phase(challenge))
    (tmp_path / "pages" / "overview.md").write_text("# New words\n")

    loaded = load_challenge(read_folder(tmp_path))

    assert loaded.requeued == 0
    assert Evaluation.objects.current().count() == 1


def test_another_truth_is_not_taken_while_scores_would_silently_change(tmp_path: Path) -> None:
    challenge = factories.make_challenge(tmp_path)
    factories.make_scored(factories.only_phase(challenge))
    factories.write_folder(tmp_path, files=OTHER_TRUTH)

    with pytest.raises(RescoreNeeded, match="1 submissions were scored under the old one"):
        load_challenge(read_folder(tmp_path))

    challenge.refresh_from_db()
    assert challenge.revision.number == 1


def test_with_rescore_everything_is_queued_under_the_new_truth_and_the_old_scores_stay(
    tmp_path: Path,
) -> None:
    challenge = factories.make_challenge(tmp_path)
    phase = factories.only_phase(challenge)
    submission = factories.make_scored(phase, accuracy=0.9)
    factories.write_folder(tmp_path, files=OTHER_TRUTH)

    loaded = load_challenge(read_folder(tmp_path), rescore=True)

    assert loaded.requeued == 1
    assert submission.evaluations.count() == 2
    fresh = Evaluation.objects.current().get()
    assert (fresh.status, fresh.is_rescore) == (Status.QUEUED, True)
    assert not Leaderboard.objects.get().entries.exists()


def test_a_phase_with_submissions_cannot_be_left_out(tmp_path: Path) -> None:
    challenge = factories.make_challenge(tmp_path)
    factories.make_submission(factories.only_phase(challenge))
    other = factories.config(slug="other")

    with pytest.raises(PhaseInUse, match="Phase 'main'"):
        load_challenge(read_folder(factories.write_folder(tmp_path, other)))


def test_organisers_are_people_with_the_verified_address(tmp_path: Path) -> None:
    ada = factories.make_user("ada@example.org")
    stranger = factories.make_user()

    challenge = factories.make_challenge(tmp_path)

    assert challenge.is_organiser(ada)
    assert not challenge.is_organiser(stranger)


def test_somebody_whose_address_is_not_verified_organises_nothing(tmp_path: Path) -> None:
    ada = factories.make_user("ada@example.org")
    EmailAddress.objects.filter(user=ada).update(verified=False)

    challenge = factories.make_challenge(tmp_path)

    assert not challenge.is_organiser(ada)


def test_an_organiser_may_make_the_account_after_the_challenge(tmp_path: Path) -> None:
    challenge = factories.make_challenge(tmp_path)
    ada = factories.make_user("ada@example.org")

    sync_organised(ada)

    assert challenge.is_organiser(ada)


def test_failed_evaluations_are_queued_again_on_request(tmp_path: Path) -> None:
    challenge = factories.make_challenge(tmp_path)
    phase = factories.only_phase(challenge)
    failed = factories.finish(factories.make_submission(phase), factories.failed())
    factories.finish(factories.make_submission(phase), factories.rejected())

    assert rerun_failed(challenge) == 1

    evaluation = failed.evaluations.get()
    assert (evaluation.status, evaluation.code) == (Status.QUEUED, "")
    reports.finish(factories.start(evaluation), factories.scored({"accuracy": 0.5}))
    assert Leaderboard.objects.get().entries.count() == 1


def test_another_split_ranks_what_was_scored_before_by_the_new_sides(tmp_path: Path) -> None:
    case = {"path": "{id}.csv", "dtype": "integer", "column": "rain", "index": "id"}
    column = {"key": "accuracy", "title": "Accuracy", "better": "higher"}

    def data(public: str) -> dict[str, Any]:
        return factories.config(
            submission={"cases": [{"id": "{a,b}", **case}]},
            leaderboard={"columns": [column], "split": {"public": public}},
        )

    truth = {"truth/a.csv": factories.TRUTH, "truth/b.csv": factories.TRUTH}
    phase = factories.only_phase(factories.make_challenge(tmp_path, data("a"), truth))
    cases = {"a": {"accuracy": 1.0}, "b": {"accuracy": 0.0}}
    factories.finish(factories.make_submission(phase), factories.scored({"accuracy": 0.5}, cases))
    factories.write_folder(tmp_path, data("b"), truth)

    load_challenge(read_folder(tmp_path))

    assert Score.objects.get(split="public").value == 0.0
    assert Score.objects.get(split="private").value == 1.0
