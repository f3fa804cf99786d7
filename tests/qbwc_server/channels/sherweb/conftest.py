"""A distributor on this machine, and the channel that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from qbwc_server.channels.contract import BrokenFact, BrokenPage, Fact, Page, Window
from qbwc_server.channels.http import Upstream
from qbwc_server.channels.sherweb.channel import pull
from qbwc_server.channels.sherweb.options import SherwebOptions
from qbwc_server.simulator.distributor.answering import Distributor
from qbwc_server.simulator.distributor.charging import Charging
from tests.channels.sherweb_upstream import sherweb_upstream
from tests.channels.upstream_server import UpstreamServer
from tests.conftest import TurnableClock


@dataclass
class Asking:
    """A distributor, and what comes of asking it."""

    distributor: Distributor
    server: UpstreamServer
    clock: TurnableClock
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def charging(self) -> Charging:
        """What it charges."""
        return self.distributor.charging

    @property
    def options(self) -> SherwebOptions:
        """With which it is asked."""
        return SherwebOptions.model_validate({**self.distributor.options(self.server.address), **self.more})

    def upstream(self) -> Upstream:
        """Calls it."""
        secrets = [self.distributor.client_secret, self.distributor.gateway_key]
        return Upstream(private=True, secrets=secrets, clock=self.clock)

    def pages(self, stream: str = "charges", since: Any = None) -> list[Page | BrokenPage]:
        """What a pull hands over."""
        with self.upstream() as upstream:
            return list(pull(self.options, upstream, Window(stream, since, self.clock())))

    def facts(self, stream: str = "charges") -> dict[str, Fact]:
        """The facts of a pull by key."""
        return {fact.key: fact for page in self.pages(stream) if isinstance(page, Page) for fact in page.facts}

    def broken(self, stream: str = "charges") -> list[BrokenFact]:
        """What of it is no fact."""
        return [one for page in self.pages(stream) if isinstance(page, Page) for one in page.broken]

    def dates(self) -> list[str]:
        """For which days charges were asked."""
        return [one.params["date"] for one in self.server.asked if one.path.endswith("payable-charges")]


@pytest.fixture
def asking(clock: TurnableClock) -> Iterator[Asking]:
    """A distributor that charges nothing yet; today is 2 March 2026."""
    with sherweb_upstream(clock) as (distributor, server):
        yield Asking(distributor, server, clock)
