"""From the day before on: green, or what must be mended (part b, S4-29)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from qbwc_server.billing_runs.deciding import approve
from qbwc_server.billing_runs.looking_ahead import look_ahead, to_mend
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.runs import begin
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.documents.open_work import Ended, OpenWork, WorkKind, end_work, open_work
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told_charge

DAY = date(2026, 12, 1)
MONTH = {"first": "2026-12-01", "last": "2026-12-31"}


def brings(distributed: Distributed, *charges: dict[str, Any]) -> None:
    distributed.brings(*charges, **MONTH)


def charge(organisation: str = "Contoso", **more: Any) -> dict[str, Any]:
    return told_charge(organisation, **MONTH, **more)


def looked(distributed: Distributed) -> list[OpenWork]:
    """What is open after the job has looked."""
    look_ahead(database=distributed.database, clock=distributed.clock, subject_id=distributed.id)
    with distributed.database.reading() as db:
        return open_work(db, distributed.id, work=WorkKind.BILLING_NEEDS_YOU)


def codes(distributed: Distributed) -> list[str]:
    with distributed.database.reading() as db:
        company = find_company(db, distributed.code)
        return [one.code for one in to_mend(db, company, distributed.plan(DAY))]


def well(distributed: Distributed) -> None:
    """Everything is mapped, and the distributor has been asked."""
    distributed.usual(first_day="2026-12-01")
    brings(distributed, charge())
    with distributed.database.transaction() as db:
        begin(db, db.get_one(Connection, distributed.connection_id), by=ANN, now=distributed.clock())


def test_without_settings_nothing_is_looked_at(distributed: Distributed) -> None:
    assert looked(distributed) == []


def test_it_is_said_from_the_day_before_on_and_settled_when_mended(distributed: Distributed) -> None:
    well(distributed)
    brings(distributed, charge(), charge("Nobody"), charge("Fabrikam", price="12.50"))
    distributed.clock.moment = datetime(2026, 11, 30, 9, tzinfo=UTC)  # 05:00 in New York is 25 hours away
    assert looked(distributed) == []
    distributed.clock.moment = datetime(2026, 11, 30, 11, tzinfo=UTC)
    (item,) = looked(distributed)
    assert item.message == (
        "Billing of 2026-12-01: 1 customer waits because of a warning: Fabrikam Inc. 1 charge is billed to nobody."
    )
    assert "Map their offers and organisations." in item.advice
    for name in ("Nobody", "Fabrikam"):
        distributed.withdraws(name, **MONTH)
    assert (codes(distributed), looked(distributed)) == ([], [])


def test_who_still_waits_after_the_run_is_said_too(distributed: Distributed) -> None:
    well(distributed)
    distributed.clock.advance(minutes=1)
    brings(distributed, charge(price="12.50"))
    distributed.run(DAY)
    (item,) = looked(distributed)
    assert "Contoso Ltd" in item.message
    with distributed.database.transaction() as db:
        approve(db, find_company(db, distributed.code), DAY, None, by=ANN, now=distributed.clock())
    distributed.run(DAY)
    assert looked(distributed) == []


def test_what_a_person_has_dismissed_comes_again_only_in_other_words(distributed: Distributed) -> None:
    well(distributed)
    brings(distributed, charge(), charge("Nobody"))
    distributed.clock.moment = datetime(2026, 11, 30, 11, tzinfo=UTC)
    (item,) = looked(distributed)
    with distributed.database.transaction() as db:
        end_work(db, distributed.id, item.id, Ended.DISMISSED, by=ANN, now=distributed.clock())
    assert looked(distributed) == []
    brings(distributed, charge(), charge("Nobody"), charge("Nobody else"))
    (again,) = looked(distributed)
    assert "2 charges are billed to nobody." in again.message


def test_a_distributor_that_is_not_asked_is_said(distributed: Distributed) -> None:
    distributed.usual(first_day="2026-12-01")
    assert codes(distributed) == ["distributor_not_asked"]  # it has never run
    well(distributed)
    assert codes(distributed) == []
    for state, code in (
        (ConnectionState.PAUSED, "distributor_not_asked"),
        (ConnectionState.BEING_SET_UP, "distributor_not_asked"),
        (ConnectionState.FAILING, "charges_not_current"),
        (ConnectionState.NEEDS_SIGN_IN, "charges_not_current"),
        (ConnectionState.DISCONNECTED, "no_distributor"),
    ):
        with distributed.database.transaction() as db:
            db.get_one(Connection, distributed.connection_id).state = state
        assert codes(distributed) == [code], state
