"""The simulated distributor behind the upstream server of the tests, so that faults come on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qbwc_server.clock import Clock
from qbwc_server.simulator.distributor.answering import Distributor, Request
from qbwc_server.simulator.distributor.charging import Charging
from tests.channels.upstream_server import Asked, Told, UpstreamServer, standing


@contextmanager
def sherweb_upstream(clock: Clock, charging: Charging | None = None) -> Iterator[tuple[Distributor, UpstreamServer]]:
    """The distributor, and where it stands."""
    distributor = Distributor(charging or Charging(), clock=clock)

    def answer(asked: Asked) -> Told:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        reply = distributor.answer(Request(asked.method, asked.path, asked.params, headers, asked.body))
        return Told(reply.status, reply.headers, reply.body)

    with standing(answer) as server:
        yield distributor, server
