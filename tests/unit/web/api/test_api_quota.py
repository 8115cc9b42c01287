"""What a team may still hand in."""

from datetime import datetime

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.models import Phase, Team, User
from challenges.quotas import day_start
from tests import factories
from tests.unit.web.api.conftest import AsUser

pytestmark = pytest.mark.django_db

QUOTA = "/api/v1/challenges/rain/phases/main/quota"


def test_the_quota_says_what_is_used_and_left_and_when_it_renews(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    factories.make_scored(phase, team)
    factories.make_submission(phase, team)

    quota = as_user(member).get(QUOTA).json()

    assert quota["today"] == {"used": 2, "limit": 5, "left": 3}
    assert quota["total"] == {"used": 2, "limit": 20, "left": 18}
    assert quota["in_flight"] == {"used": 1, "limit": 5, "left": 4}
    assert quota["limits"]["upload_bytes"] == 1024**2
    assert datetime.fromisoformat(quota["renews_at"]) == day_start(timezone.now()) + factories.days(
        1
    )
    assert quota["refusal"] is None


def test_the_quota_says_why_nothing_can_be_handed_in(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    for _ in range(5):
        factories.make_scored(phase, team)
    full = as_user(member).get(QUOTA).json()
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now())
    closed = as_user(member).get(QUOTA).json()

    assert full["refusal"]["code"] == "submission-quota-exceeded"
    assert closed["refusal"]["code"] == "phase-closed"
    assert closed["refusal"]["message"].endswith(".")


def test_an_unchanged_quota_is_not_sent_again(
    phase: Phase,
    team: Team,
    member: User,
    as_user: AsUser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_user(member)
    etag = client.get(QUOTA).headers["ETag"]

    with django_assert_max_num_queries(6):
        same = client.get(QUOTA, headers={"if-none-match": etag})
    factories.make_submission(phase, team)
    changed = client.get(QUOTA, headers={"if-none-match": etag})

    assert (same.status_code, same.content, changed.status_code) == (304, b"", 200)
