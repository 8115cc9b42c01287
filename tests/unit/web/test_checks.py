"""Settings that contradict each other are named before anybody meets them."""

import pytest
from django.conf import LazySettings

from web.checks import tls_ends_somewhere
from web.environment import SiteSettings


@pytest.mark.parametrize(
    ("site_url", "proxies", "ids"),
    [
        ("https://agon.example.org", 0, ["agon.W001"]),
        ("https://agon.example.org", 1, []),
        ("http://agon.example.org", 0, []),
        ("", 0, []),
    ],
)
def test_a_public_https_address_needs_a_proxy(
    settings: LazySettings, site_url: str, proxies: int, ids: list[str]
) -> None:
    settings.AGON = SiteSettings(site_url=site_url, trusted_proxies=proxies)

    assert [warning.id for warning in tls_ends_somewhere()] == ids
