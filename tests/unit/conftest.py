"""What every unit test starts from."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Forget boards of other tests, whose rows had the same numbers."""
    cache.clear()
