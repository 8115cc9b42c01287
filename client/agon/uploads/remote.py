"""One upload as the site knows it."""

from agon.answers import Json
from agon.models import MissingPage, UploadState
from agon.reading import read
from agon.transport import Body, Request, Transport, api_path

PACK = "application/vnd.agon.pack"
PART = "application/octet-stream"
PAGE_DIGESTS = 10_000  # as many as the site names at once


class RemoteUpload:
    """Speaks of one upload; nothing is tried again here but what only asks."""

    def __init__(self, transport: Transport, upload_id: str) -> None:
        self._transport = transport
        self._path = f"uploads/{upload_id}"

    def state(self) -> UploadState:
        """Return how far it is. Raises: ClientError."""
        return read(UploadState, self._transport.get(self._path))

    def missing(self, after: str = "", limit: int = PAGE_DIGESTS) -> MissingPage:
        """Return which digests behind `after` are to come. Raises: ClientError."""
        path = f"{self._path}/missing"
        return read(MissingPage, self._transport.get(path, after=after or None, limit=limit))

    def missing_among(self, digests: list[bytes]) -> set[bytes]:
        """Return which of some digests, ascending and of one page, are to come."""
        page = self.missing(before(digests[0]))
        return {bytes.fromhex(digest) for digest in page.digests}.intersection(digests)

    def held(self, digest: bytes) -> int | None:
        """Return how many bytes of a blob are there; None when it is whole. Raises: ClientError."""
        page = self.missing(before(digest), limit=1)
        name = digest.hex()
        return page.partial.get(name, 0) if name in page.digests else None

    def send_pack(self, body: Body) -> None:
        """Send a pack, once. Raises: ClientError."""
        self._send(Request("POST", api_path(f"{self._path}/packs"), body, {"Content-Type": PACK}))

    def send_part(self, digest: bytes, offset: int, body: Body) -> int:
        """Send a part of a blob, once; return how many bytes are there then."""
        path = api_path(f"{self._path}/blobs/{digest.hex()}", offset=offset)
        return int(self._send(Request("PUT", path, body, {"Content-Type": PART}))["received"])

    def _send(self, request: Request) -> Json:
        return self._transport.call(request).json()


def before(digest: bytes) -> str:
    """Return the largest digest below one; empty for the smallest of all."""
    number = int.from_bytes(digest, "big")
    return (number - 1).to_bytes(len(digest), "big").hex() if number else ""
