"""The distributor's channel stands what every channel has to stand (S4-33, S4-34, part e)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from qbwc_server.billing_runs.told import names_of, sources_since, told_of
from qbwc_server.channels.connections.finding import connection_ids
from qbwc_server.channels.connections.states import RecordState
from qbwc_server.channels.connections.versions import kept_facts
from qbwc_server.channels.sherweb.channel import SHERWEB
from qbwc_server.simulator.distributor.answering import Distributor
from qbwc_server.simulator.distributor.charging import recorded
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import Connected
from tests.channels.contract import ChannelContract, Source, connected
from tests.channels.sherweb_upstream import sherweb_upstream
from tests.channels.upstream_server import UpstreamServer
from tests.conftest import TurnableClock

__all__ = ["connected"]


class SherwebSource:
    """A distributor under test: a sale is what it charges one organisation."""

    channel = SHERWEB

    def __init__(self, distributor: Distributor, server: UpstreamServer) -> None:
        self.distributor, self.server = distributor, server

    def options(self) -> dict[str, object]:
        """Where it stands."""
        return {**self.distributor.options(self.server.address), "service_provider": True}

    def sale(self, key: str, amount: str, changed_at: datetime) -> None:
        """Charge an organisation that amount."""
        charging = self.distributor.charging
        charging.take_away(changed_at.date(), key)
        charging.add(changed_at.date(), key, quantity=1, price=Decimal(amount))

    def delete(self, key: str, changed_at: datetime) -> None:
        """Charge nothing of it."""
        self.distributor.charging.take_away(changed_at.date(), key)

    def origin(self, key: str) -> str:
        """The organisation."""
        return key

    def refuse_the_key(self) -> dict[str, object]:
        """Want another secret."""
        self.distributor.client_secret = "second-secret"
        return {"client_secret": "second-secret"}


class TestSherweb(ChannelContract):
    """Every story, told of the distributor: what it brings is kept for billing, and nothing is drafted."""

    settled = RecordState.KEPT

    @pytest.fixture
    def source(self, clock: TurnableClock) -> Iterator[Source]:
        """A distributor on this machine."""
        with sherweb_upstream(clock) as (distributor, server):
            yield SherwebSource(distributor, server)

    def totals(self, connected: Connected) -> dict[str, str]:
        """What is charged of each organisation."""
        with connected.database.reading() as db:
            (connection,) = connection_ids(db, find_company(db, "shop").id)
            charged = [one.body for one in kept_facts(db, connection, "charges")]
        return {
            body["organisation"]: f"{sum(Decimal(one['subTotal']) for one in body['charges']):.2f}" for body in charged
        }


def test_billing_reads_what_is_kept(connected: Connected, clock: TurnableClock) -> None:
    """Every charge once, to the last digit; organisations by their ids (f4); orphans and what cannot be read beside."""
    with sherweb_upstream(clock, recorded(clock().date())) as (distributor, server):
        distributor.charging.add(clock().date(), "Contoso Dental", sku="ODD")["quantity"] = "many"
        distributor.charging.add(clock().date(), "Nobody", tags=[])
        options = {**distributor.options(server.address), "service_provider": True}
        connection = connected.add(SHERWEB, options)
        connected.run(connection)
    with connected.database.reading() as db:
        sources = sources_since(db, connection, clock().date().replace(day=1))
        told = told_of(db, connection, sources, names_of(db, connection, ()))
    assert sorted((one.organisation.name, one.offer, str(one.quantity)) for one in told.charges.values()) == [
        ("Contoso Dental", "M365-BS", "10"),
        ("Contoso Dental", "M365-BS", "5"),
        ("Fabrikam Works", "M365-BS", "4"),
        ("Northwind Cafe", "BACKUP", "31.25"),
    ]
    assert all(one.organisation.id in distributor.charging.organisations for one in told.charges.values())
    assert sorted(one.problem.field for one in told.unread) == ["quantity", "tags"]
    (added,) = [one for one in told.charges.values() if one.quantity == 5]
    assert added.is_change
    assert added.factor == Fraction(added.net_price_prorated) / 12
