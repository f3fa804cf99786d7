"""Tests reach this machine only: nothing that is tested may depend on the network."""

from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.parametrize("address", ["192.0.2.1", "198.51.100.7"])
def test_no_connection_leaves_this_machine(address: str) -> None:
    with socket.socket() as one, pytest.raises((SocketConnectBlockedError, UserWarning)):
        one.connect((address, 80))


def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
