"""A client that sends nothing for long does not keep a thread of the server."""

import socket

import pytest
from django.core.handlers.wsgi import WSGIRequest

from challenges.upload_errors import PackCutOff
from tests import packing
from web.api.packs import Body


def test_a_body_that_stops_coming_ends_and_whole_frames_have_been_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("web.api.packs.SILENCE_SECONDS", 0.05)
    server, client = socket.socketpair()
    with server, client, server.makefile("rb", buffering=0) as stream:
        request = WSGIRequest(
            {
                "REQUEST_METHOD": "POST",
                "wsgi.input": stream,
                "CONTENT_LENGTH": "1000",
                "gunicorn.socket": server,
            }
        )
        client.sendall(packing.pack([b"{}", b"chunk one"]))

        frames = Body(request).frames()
        kept = [b"".join(next(frames).pieces) for _ in range(2)]

        assert kept == [b"{}", b"chunk one"]
        with pytest.raises(PackCutOff):
            next(frames)
