"""What every unit test starts from."""

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Forget boards of other tests, whose rows had the same numbers."""
    for cache in caches.all():
        cache.clear()
