"""Where files lie, and how addresses of sites are written."""

from pathlib import Path

import pytest

from agon.config import cache_folder, config_folder, site_address
from agon.errors import UsageWrong


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://agon.example.org", "https://agon.example.org"),
        ("https://agon.example.org/", "https://agon.example.org"),
        ("HTTPS://Agon.Example.org:8443/x/", "https://agon.example.org:8443/x"),
        ("agon.example.org", "https://agon.example.org"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        (" https://agon.example.org ", "https://agon.example.org"),
    ],
)
def test_an_address_has_one_form(written: str, meant: str) -> None:
    assert site_address(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "https://",
        "ftp://agon.example.org",
        "https://a:b@agon.example.org",
        "https://a b",
        "https://agon.example.org/?x=1",
        "https://agon.example.org:port",
        "https://[::1",
    ],
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(UsageWrong):
        site_address(written)


def test_files_lie_below_the_folders_of_xdg() -> None:
    environ = {"XDG_CONFIG_HOME": "/c", "XDG_CACHE_HOME": "/h"}

    assert config_folder(environ) == Path("/c/agon")
    assert cache_folder(environ) == Path("/h/agon")


@pytest.mark.parametrize("environ", [{}, {"XDG_CONFIG_HOME": "relative"}, {"XDG_CONFIG_HOME": ""}])
def test_without_them_files_lie_below_the_home(environ: dict[str, str]) -> None:
    assert config_folder(environ) == Path.home() / ".config" / "agon"
