"""The lookup `among` finds what `in` finds, of any number of any texts."""

import pytest

from challenges.models import Challenge

pytestmark = pytest.mark.django_db

SLUGS = ["plain", "quo'te", 'dou"ble', "per%cent", "brace{}", "naïve", "back\\slash", "%s", ""]


@pytest.fixture(autouse=True)
def _rows(db: None) -> None:  # noqa: ARG001 - opens the database
    for slug in SLUGS:
        Challenge.objects.create(slug=slug, title=slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_text_finds_its_row_and_no_other(slug: str) -> None:
    assert [c.slug for c in Challenge.objects.filter(slug__among=[slug])] == [slug]
    assert [c.slug for c in Challenge.objects.exclude(slug__among=set_without(slug))] == [slug]


def set_without(slug: str) -> list[str]:
    return [other for other in SLUGS if other != slug]


def test_no_text_finds_nothing() -> None:
    assert not Challenge.objects.filter(slug__among=[]).exists()


def test_more_texts_than_a_query_takes_values_are_found() -> None:
    wanted = [f"missing {number}" for number in range(300_000)] + ["plain"]

    assert Challenge.objects.filter(slug__among=wanted).count() == 1
    assert Challenge.objects.filter(slug__among=wanted).update(title="found") == 1
