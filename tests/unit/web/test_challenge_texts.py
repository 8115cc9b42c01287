"""The pages of a challenge: order, titles, links between them and to files."""

from pathlib import Path

import pytest
from django.test import Client

from challenges.models import Challenge
from tests import factories
from web.pages import image_address, pages_of, public_files

pytestmark = pytest.mark.django_db

FILES = {
    "pages/overview.md": b"# Rain tomorrow\n\n[data](data.md#files) [x](../public/a/b.csv)"
    b" [truth](../truth/rain.csv) [gone](public/none.csv) ![m](public/map.png)",
    "pages/rules.md": b"# Rules\n\nBe fair.",
    "pages/zebra.md": b"# Zebra crossing\n",
    "pages/faq.md": b"# Questions\n",
    "pages/data.md": b"# The data\n",
    "pages/notes/inner.md": b"# Inner\n",
    "public/a/b.csv": b"1",
    "public/map.png": b"png",
}


@pytest.fixture
def written(tmp_path: Path) -> Challenge:
    return factories.make_challenge(tmp_path, factories.config(), FILES)


def test_known_pages_come_first_then_the_alphabet(written: Challenge) -> None:
    pages = pages_of(written)

    assert [page.name for page in pages] == ["overview", "data", "rules", "faq", "zebra"]
    assert [page.label for page in pages] == [
        "Overview",
        "Data",
        "Rules",
        "Questions",
        "Zebra crossing",
    ]


def test_the_challenges_own_title_is_not_shown_twice(written: Challenge) -> None:
    overview, data, *_ = pages_of(written)

    assert overview.heading == ""
    assert data.heading == "The data"


def test_links_lead_to_pages_and_public_files_only(written: Challenge) -> None:
    html = pages_of(written)[0].html

    assert 'href="/challenges/rain/data/#page-files"' in html
    assert 'href="/challenges/rain/files/a/b.csv"' in html
    assert 'src="/challenges/rain/files/map.png"' in html
    assert "truth/rain.csv" not in html
    assert "none.csv" not in html


def test_a_challenge_without_a_page_of_data_has_the_list_of_files(tmp_path: Path) -> None:
    challenge = factories.make_challenge(tmp_path)

    assert [page.name for page in pages_of(challenge)] == ["overview", "data", "rules"]


def test_only_files_below_public_are_public(written: Challenge) -> None:
    assert sorted(public_files(written)) == ["a/b.csv", "map.png", "sample.csv"]


def test_a_picture_outside_public_is_not_shown(tmp_path: Path) -> None:
    data = {**factories.config(), "image": "truth/rain.csv"}
    challenge = factories.make_challenge(tmp_path, data)

    assert image_address(challenge) == ""


def test_a_new_revision_shows_its_own_text(written: Challenge, tmp_path: Path) -> None:
    pages_of(written)

    changed = factories.make_challenge(
        tmp_path, factories.config(), FILES | {"pages/rules.md": b"# Rules\n\nBe kind."}
    )

    assert "Be kind." in pages_of(changed)[2].html


def test_a_page_that_is_no_text_is_shown_as_far_as_it_is(tmp_path: Path) -> None:
    factories.make_challenge(tmp_path, None, {"pages/odd.md": b"# Odd\n\n\xff\xfe caf\xc3\xa9"})

    response = Client().get("/challenges/rain/pages/odd/")

    assert response.status_code == 200
    assert "café" in response.content.decode()
