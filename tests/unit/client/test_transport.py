"""What goes over the line is tried again where that is safe, and only there."""

import gzip
import ssl

import pytest

from agon.errors import (
    AnswerUnknown,
    NotFound,
    NotSignedIn,
    Refused,
    SiteUnreachable,
    TooOften,
)
from agon.exits import Exit
from agon.transport import Body, Request, Transport, api_path, below, unreachable
from tests.unit.client.clocks import Moved
from tests.unit.client.scripted import (
    ScriptedSite,
    answer,
    break_off,
    document,
    hang_up,
    refused,
)


@pytest.fixture
def time() -> Moved:
    return Moved()


@pytest.fixture
def transport(scripted: ScriptedSite, time: Moved) -> Transport:
    return Transport(scripted.url, "agon_secret", patience=time.patience())


def test_requests_carry_the_token_and_ask_for_json(
    transport: Transport, scripted: ScriptedSite
) -> None:
    scripted.will(document({"name": "Grace"}))

    assert transport.get("me") == {"name": "Grace"}
    assert scripted.asked[0].path == "/api/v1/me"
    assert scripted.asked[0].headers["Authorization"] == "Bearer agon_secret"
    assert scripted.asked[0].headers["Accept"] == "application/json"


def test_without_a_token_none_is_sent(scripted: ScriptedSite) -> None:
    scripted.will(document({}))

    Transport(scripted.url).get("challenges")

    assert "Authorization" not in scripted.asked[0].headers


def test_a_connection_is_used_again(transport: Transport, scripted: ScriptedSite) -> None:
    scripted.will(document(1), document(2), document(3))

    assert [transport.get("me") for _ in range(3)] == [1, 2, 3]
    assert scripted.connections == 1


def test_a_connection_that_died_while_idle_costs_no_patience(
    transport: Transport, scripted: ScriptedSite, time: Moved
) -> None:
    scripted.will(document(1), hang_up, document(2))

    assert [transport.get("me"), transport.get("me")] == [1, 2]
    assert time.pauses == []


@pytest.mark.parametrize("trouble", [hang_up, answer(502), answer(503), answer(504)])
def test_what_only_asks_is_asked_again(
    transport: Transport, scripted: ScriptedSite, trouble: object, time: Moved
) -> None:
    scripted.will(trouble, trouble, document("here"))  # type: ignore[arg-type]  # parametrised

    assert transport.get("me") == "here"
    assert len(time.pauses) == 2


def test_an_answer_that_breaks_off_is_asked_for_again(
    transport: Transport, scripted: ScriptedSite
) -> None:
    scripted.will(break_off(200, promised=100, sent=b'{"na'), document("whole"))

    assert transport.get("me") == "whole"


def test_what_changes_something_is_sent_again_under_the_same_key(
    transport: Transport, scripted: ScriptedSite
) -> None:
    scripted.will(hang_up, document({"id": 1}, 201))

    assert transport.post("things", {"name": "x"}) == {"id": 1}
    keys = {asked.headers["Idempotency-Key"] for asked in scripted.asked}
    assert len(scripted.asked) == 2
    assert len(keys) == 1


def test_two_wishes_have_two_keys(transport: Transport, scripted: ScriptedSite) -> None:
    scripted.will(document(1), document(2))

    transport.post("things")
    transport.post("things")

    assert len({asked.headers["Idempotency-Key"] for asked in scripted.asked}) == 2


def test_bytes_that_can_be_had_once_are_sent_once(
    transport: Transport, scripted: ScriptedSite
) -> None:
    scripted.will(hang_up)

    with pytest.raises(SiteUnreachable):
        transport.call(Request("POST", "/x", Body(iter([b"one"]), 3)))

    assert len(scripted.asked) == 1


def test_a_body_in_pieces_arrives_whole(transport: Transport, scripted: ScriptedSite) -> None:
    scripted.will(document({}))
    pieces: list[bytes | memoryview] = [b"one", memoryview(b"two")]

    transport.call(Request("PUT", "/x", Body(pieces, 6)))

    assert scripted.asked[0].body == b"onetwo"
    assert scripted.asked[0].headers["Content-Length"] == "6"


def test_patience_has_an_end(transport: Transport, scripted: ScriptedSite, time: Moved) -> None:
    scripted.will(*[answer(503)] * 100)
    began = time.at

    with pytest.raises(SiteUnreachable) as caught:
        transport.get("me")

    assert time.at - began <= 60
    assert caught.value.exit_code == Exit.NETWORK


def test_the_site_says_how_long_to_wait(
    transport: Transport, scripted: ScriptedSite, time: Moved
) -> None:
    limited = refused(429, "rate-limited", "Too many requests.", Retry_After="7")
    scripted.will(limited, document("here"))

    assert transport.get("me") == "here"
    assert time.pauses == [7.0]


def test_a_wait_that_is_too_long_is_told_in_the_site_s_words(
    transport: Transport, scripted: ScriptedSite, time: Moved
) -> None:
    scripted.will(refused(429, "rate-limited", "Too many requests.", Retry_After="3600"))

    with pytest.raises(TooOften, match=r"^Too many requests\.$") as caught:
        transport.get("me")

    assert time.pauses == []
    assert caught.value.exit_code == Exit.REFUSED


def test_a_quota_that_is_used_up_is_not_waited_for(
    transport: Transport, scripted: ScriptedSite, time: Moved
) -> None:
    scripted.will(refused(429, "submission-quota-exceeded", "Used up.", Retry_After="1"))

    with pytest.raises(Refused, match=r"^Used up\.$"):
        transport.post("things")

    assert time.pauses == []


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, NotSignedIn, Exit.NOT_SIGNED_IN),
        (403, Refused, Exit.REFUSED),
        (404, NotFound, Exit.NOT_FOUND),
        (409, Refused, Exit.REFUSED),
        (422, Refused, Exit.REFUSED),
        (500, Refused, Exit.REFUSED),
        (507, Refused, Exit.REFUSED),
    ],
)
def test_a_refusal_keeps_the_site_s_sentence_and_code(
    transport: Transport, scripted: ScriptedSite, status: int, kind: type[Exception], code: Exit
) -> None:
    scripted.will(refused(status, "some-code", "A sentence."))

    with pytest.raises(kind, match=r"^A sentence\.$") as caught:
        transport.get("me")

    assert getattr(caught.value, "code") == "some-code"  # noqa: B009 - of any of the kinds
    assert getattr(caught.value, "exit_code") == code  # noqa: B009 - as above


@pytest.mark.parametrize(
    "strange", [answer(200, b"<html>"), answer(400, b"<html>"), answer(404, b"[]")]
)
def test_what_is_no_site_of_ours_is_told(
    transport: Transport, scripted: ScriptedSite, strange: object
) -> None:
    scripted.will(strange)  # type: ignore[arg-type]  # parametrised

    with pytest.raises(AnswerUnknown) as caught:
        transport.get("me")

    assert "--site" in caught.value.hint


def test_a_site_that_has_moved_is_named_and_not_followed_with_the_token(
    transport: Transport, scripted: ScriptedSite
) -> None:
    scripted.will(answer(301, Location="https://elsewhere.example.org/api/v1/me"))

    with pytest.raises(AnswerUnknown, match="has moved to https://elsewhere"):
        transport.get("me")

    assert len(scripted.asked) == 1


def test_a_refusal_in_the_middle_of_a_body_is_heard(
    transport: Transport, scripted: ScriptedSite
) -> None:
    scripted.will(refused(413, "upload-too-large", "Too large."))

    with pytest.raises(Refused, match=r"^Too large\.$"):
        transport.call(Request("POST", "/x", Body([b"x" * 1000] * 1000, 1_000_000)))


def test_nobody_at_the_address_is_told_with_the_reason() -> None:
    nobody = Transport("http://127.0.0.1:1", patience=Moved().patience(1))

    with pytest.raises(SiteUnreachable, match="cannot be reached: Connection refused"):
        nobody.get("me")


def test_all_pages_of_a_list_are_one(transport: Transport, scripted: ScriptedSite) -> None:
    scripted.will(
        document({"rows": [1, 2], "next": "b", "total": 3}), document({"rows": [3], "next": None})
    )

    assert transport.pages("things", "rows", limit=2) == {
        "rows": [1, 2, 3],
        "next": None,
        "total": 3,
    }
    assert scripted.asked[1].path == "/api/v1/things?limit=2&cursor=b"


def test_a_proxy_of_the_environment_is_asked_in_the_site_s_place(
    scripted: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", scripted.url.replace("//", "//me:pa%20ss@"))
    scripted.will(document("by proxy"))

    assert Transport("http://agon.example.org").get("me") == "by proxy"
    assert scripted.asked[0].path == "http://agon.example.org:80/api/v1/me"
    assert scripted.asked[0].headers["Proxy-Authorization"] == "Basic bWU6cGEgc3M="


def test_an_encrypted_site_is_reached_through_the_proxy(
    scripted: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", scripted.url.replace("//", "//me:secret@"))
    scripted.will(*[answer(403)] * 9)
    transport = Transport("https://agon.example.org", "agon_secret", patience=Moved().patience(1))

    with pytest.raises(SiteUnreachable, match="Tunnel connection failed: 403"):
        transport.get("me")

    asked = scripted.asked[0]
    assert (asked.method, asked.path) == ("CONNECT", "agon.example.org:443")
    assert asked.headers["Proxy-Authorization"] == "Basic bWU6c2VjcmV0"
    assert "Authorization" not in asked.headers


def test_a_certificate_that_cannot_be_trusted_is_told_with_the_way_out() -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"

    told = unreachable("https://agon.example.org", error)

    assert "cannot be trusted: self-signed certificate." in str(told)
    assert "SSL_CERT_FILE" in told.hint


def test_what_helps_is_told_where_a_command_does(
    transport: Transport, scripted: ScriptedSite
) -> None:
    scripted.will(refused(403, "not-taking-part"), refused(403, "scope-missing"))

    with pytest.raises(Refused) as first:
        transport.get("me")
    with pytest.raises(Refused) as second:
        transport.get("me")

    assert "agon join" in first.value.hint
    assert "agon login --scope" in second.value.hint


def test_hosts_that_are_excepted_are_asked_without_the_proxy(
    scripted: ScriptedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    scripted.will(document("straight"))

    assert Transport(scripted.url).get("me") == "straight"


def test_what_people_type_stays_one_part_of_a_path() -> None:
    assert below("challenges", "a/../b?c#d", "x y") == "challenges/a%2F..%2Fb%3Fc%23d/x%20y"
    assert api_path("things", cursor="a b", limit=None) == "/api/v1/things?cursor=a+b"


def test_gzipped_bodies_are_sent_as_they_are(transport: Transport, scripted: ScriptedSite) -> None:
    scripted.will(document({}))
    packed = gzip.compress(b"{}")

    transport.call(Request("POST", "/x", packed, {"Content-Encoding": "gzip"}))

    assert gzip.decompress(scripted.asked[0].body) == b"{}"
