"""Tokens are kept in a file of their owner, and sent to the site that they belong to alone."""

import stat
from pathlib import Path

import pytest

from agon.credentials import FILE, Credential, Credentials, chosen_door
from agon.errors import UsageWrong

SITE = "https://agon.example.org"
OTHER = "https://other.example.org"


@pytest.fixture
def known(tmp_path: Path) -> Credentials:
    credentials = Credentials.load(tmp_path)
    credentials.remember(SITE, Credential("agon_one", "Grace", "device"))
    return credentials


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("known")
def test_what_is_remembered_is_there_next_time(tmp_path: Path) -> None:
    again = Credentials.load(tmp_path)

    assert again.sites == {SITE: Credential("agon_one", "Grace", "device")}
    assert again.current == SITE


def test_only_the_owner_can_read_the_file_and_its_folder(tmp_path: Path) -> None:
    Credentials.load(tmp_path / "new").remember(SITE, Credential("agon_one"))

    assert mode_of(tmp_path / "new" / FILE) == 0o600
    assert mode_of(tmp_path / "new") == 0o700


def test_a_file_that_others_can_read_is_closed_to_them(known: Credentials, tmp_path: Path) -> None:
    known.path.chmod(0o644)

    Credentials.load(tmp_path)

    assert mode_of(known.path) == 0o600


def test_nothing_is_left_beside_the_file(known: Credentials, tmp_path: Path) -> None:
    known.remember(OTHER, Credential("agon_two"))

    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("text", ["{", "[]", '{"sites": {}}', '{"current": "", "sites": {"a": 1}}'])
def test_a_damaged_file_is_told_and_kept(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)

    with pytest.raises(UsageWrong, match="is damaged") as caught:
        Credentials.load(tmp_path)

    assert "sign in again" in caught.value.hint
    assert (tmp_path / FILE).read_text() == text


def test_who_forgets_the_current_site_means_another_one(known: Credentials) -> None:
    known.remember(OTHER, Credential("agon_two"))

    known.forget(OTHER)

    assert known.current == SITE
    assert OTHER not in known.sites


def test_the_site_of_the_last_sign_in_is_meant(known: Credentials) -> None:
    door = chosen_door(None, None, known, {})

    assert (door.site, door.token) == (SITE, "agon_one")


def test_the_environment_goes_before_what_is_stored(known: Credentials) -> None:
    door = chosen_door(None, None, known, {"AGON_SITE": OTHER, "AGON_TOKEN": "agon_env"})

    assert (door.site, door.token) == (OTHER, "agon_env")


def test_a_named_site_goes_before_the_environment(known: Credentials) -> None:
    door = chosen_door(SITE, None, known, {"AGON_SITE": OTHER})

    assert (door.site, door.token) == (SITE, "agon_one")


def test_the_token_of_one_site_is_never_sent_to_another(known: Credentials) -> None:
    environ = {"AGON_SITE": OTHER, "AGON_TOKEN": "agon_env"}

    assert chosen_door(SITE, None, known, environ).token == "agon_one"
    assert chosen_door("https://third.example.org", None, known, environ).token == ""


def test_a_token_without_a_site_in_the_environment_goes_to_the_named_one(
    known: Credentials,
) -> None:
    assert chosen_door(OTHER, None, known, {"AGON_TOKEN": "agon_env"}).token == "agon_env"


def test_a_given_token_goes_before_all(known: Credentials) -> None:
    assert chosen_door(SITE, "agon_mine", known, {"AGON_TOKEN": "agon_env"}).token == "agon_mine"


def test_without_any_site_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageWrong) as caught:
        chosen_door(None, None, Credentials.load(tmp_path), {})

    assert "agon login" in caught.value.hint
