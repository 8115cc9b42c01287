"""A request with an Idempotency-Key has its effect once; an error has none and is not kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from challenges.errors import UploadEmpty
from challenges.models import Challenge, KeptAnswer, User
from challenges.services.idempotency import (
    LIFETIME,
    Answer,
    KeyReused,
    Request,
    forget_old_answers,
    once,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def grace(db: None) -> User:  # noqa: ARG001 - opens the database
    return factories.make_user(name="Grace")


def ask(user: User, key: str = "key", fingerprint: str = "a", body: str = "made") -> str:
    def work() -> Answer:
        Challenge.objects.create(slug=f"challenge-{Challenge.objects.count()}", title=body)
        return Answer(201, body)

    return once(Request(user, key, fingerprint), work).body


def test_the_same_request_is_answered_alike_and_done_once(grace: User) -> None:
    first = ask(grace, body="first")
    second = ask(grace, body="second")

    assert (first, second) == ("first", "first")
    assert Challenge.objects.count() == 1


def test_another_key_is_another_request(grace: User) -> None:
    assert [ask(grace, "one", body="first"), ask(grace, "two", body="second")] == [
        "first",
        "second",
    ]


def test_a_key_belongs_to_one_person(grace: User) -> None:
    ask(grace, body="first")

    assert ask(factories.make_user(name="Ada"), body="second") == "second"


def test_a_key_with_another_request_is_refused(grace: User) -> None:
    ask(grace)

    with pytest.raises(KeyReused):
        ask(grace, fingerprint="b")

    assert Challenge.objects.count() == 1


def test_an_error_is_not_kept_and_undoes_all(grace: User) -> None:
    def work() -> Answer:
        Challenge.objects.create(slug="half", title="Half")
        raise UploadEmpty

    with pytest.raises(UploadEmpty):
        once(Request(grace, "key", "a"), work)

    assert not Challenge.objects.exists()
    assert ask(grace, body="better") == "better"


def test_a_key_can_be_used_anew_after_a_day(grace: User) -> None:
    ask(grace, body="first")
    KeptAnswer.objects.update(created_at=timezone.now() - LIFETIME - timedelta(seconds=1))

    assert ask(grace, fingerprint="b", body="second") == "second"
    assert KeptAnswer.objects.count() == 1


def test_only_old_answers_are_forgotten(grace: User) -> None:
    ask(grace, "old")
    KeptAnswer.objects.update(created_at=timezone.now() - LIFETIME)
    ask(grace, "new")

    forget_old_answers()

    assert KeptAnswer.objects.get().key == "new"
