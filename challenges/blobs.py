"""The site's blob store."""

from functools import cache

from django.conf import settings

from evaluator.blobs import LocalBlobs, open_store


def site_blobs() -> LocalBlobs:
    """Return the store that the settings name."""
    return _store(settings.AGON_BLOBS)


@cache
def _store(uri: str) -> LocalBlobs:
    return open_store(uri)
