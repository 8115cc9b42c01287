"""Settings that contradict each other, found by `agon-site check` and at every start."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks


@checks.register
def tls_ends_somewhere(**_: Any) -> Sequence[checks.CheckMessage]:
    """Warn of a public https address without a proxy: our own server speaks no TLS."""
    site = settings.AGON
    if not site.site_url.startswith("https://") or site.trusted_proxies:
        return []
    return [
        checks.Warning(
            "AGON_SITE_URL is https, but no proxy that ends TLS is trusted: "
            "every page would lead to itself.",
            hint="Set AGON_TRUSTED_PROXIES to the number of proxies in front, usually 1.",
            id="agon.W001",
        )
    ]
