"""A port that cannot be used is one clear sentence, before the long work."""

import socket
from collections.abc import Iterator

import pytest

from deploy.errors import PortTaken
from deploy.ports import check_port, free_port, wanted_port


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_names_itself_and_the_way_out(listener: int) -> None:
    with pytest.raises(PortTaken) as caught:
        check_port(listener)

    assert f"Port {listener} is taken" in str(caught.value)
    assert f"AGON_PORT={listener + 1} make run" in str(caught.value)


def test_a_port_that_is_taken_at_another_address_passes(listener: int) -> None:
    check_port(listener, "127.0.0.2")


def test_an_address_of_another_machine_is_refused_by_name() -> None:
    with pytest.raises(PortTaken, match="Look at AGON_ADDRESS"):
        check_port(free_port(), "203.0.113.1")


def test_a_free_port_passes() -> None:
    port = free_port()

    check_port(port)


def test_a_port_whose_last_connections_wind_down_passes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        accepted, _ = server.accept()
        accepted.close()  # this end closes first, and so it waits
        client.close()

    check_port(port)


@pytest.mark.parametrize("text", ["0", "65536", "eighty", "-1", "80.0", " 80", "८०"])
def test_a_word_that_is_no_port_is_refused_by_name(text: str) -> None:
    with pytest.raises(PortTaken, match="AGON_PORT is"):
        wanted_port({"AGON_PORT": text})


@pytest.mark.parametrize(("environ", "port"), [({}, 8000), ({"AGON_PORT": ""}, 8000)])
def test_without_a_word_it_is_8000(environ: dict[str, str], port: int) -> None:
    assert wanted_port(environ) == port


def test_the_port_asked_for_is_taken() -> None:
    assert wanted_port({"AGON_PORT": "8123"}) == 8123
