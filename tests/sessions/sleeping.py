"""A PC that falls asleep with a message set in its hands, and another one that goes on meanwhile."""

from __future__ import annotations

import pytest

from qbwc_server.simulator import FellAsleep, Pc, WebConnector, WsgiTransport
from tests.sessions.world import World


class Office:
    """Two PCs with the same company file open, each with a Web Connector of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.first, self.first_connector = self._pc()
        self.second, self.second_connector = self._pc()

    def _pc(self) -> tuple[Pc, WebConnector]:
        pc = Pc(self.world.books)
        return pc, self.world.new_connector(pc, WsgiTransport(self.world.app))

    def first_falls_asleep(self, *, with_set: int = 1) -> None:
        """The first PC takes its ``with_set``-th message set and executes it only when it wakes up."""
        self.world.clock.advance(minutes=10)
        for _ in range(with_set - 1):
            self.first.before_a_set = self.first.stay_awake
        if with_set == 1:
            self.first.fall_asleep()
        else:
            self.first.after_a_set = self.first.fall_asleep
        with pytest.raises(FellAsleep):
            self.first_connector.update()

    def second_updates(self) -> None:
        """An update session on the second PC, when the server has given the first one up."""
        self.world.clock.advance(minutes=10)
        report = self.second_connector.update()
        assert report.ok, report.status_line

    def first_wakes_up(self) -> None:
        """It executes what it held, and its late answer arrives."""
        self.first_connector.wake()
