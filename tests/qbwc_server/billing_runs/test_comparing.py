"""The last invoice against this one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from qbwc_server.billing_runs.comparing import changes, last_ones
from qbwc_server.mapping.kinds import WordKind
from tests.qbwc_server.billing_runs.distributor import Distributed, told_charge

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def words(distributed: Distributed, day: date) -> list[str]:
    (billing,) = distributed.plan(day).billings
    with distributed.database.reading() as db:
        last = last_ones(db, distributed.id, [billing], day)
    return [one.words for one in changes(billing, last.get(billing.customer.key))]


def test_what_changed_is_said_item_by_item(distributed: Distributed) -> None:
    distributed.usual()
    for offer in ("Backup", "Azure"):
        distributed.sells(offer, "5.00")
        distributed.maps(offer, offer, WordKind.ITEM)
    distributed.brings(told_charge(), told_charge(sku="Backup", price="1.00"))
    assert words(distributed, NOVEMBER) == ["Backup: new, 10", "Licence: new, 10"]
    distributed.run(NOVEMBER)
    december = {"first": "2026-12-01", "last": "2026-12-31"}
    distributed.brings(
        told_charge(quantity="12", **december), told_charge(sku="Azure", price="1", **december), **december
    )
    assert words(distributed, DECEMBER) == ["Azure: new, 10", "Backup: no more, 10 before", "Licence: 12 instead of 10"]


def test_a_credit_memo_counts_less_than_nothing(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=1)
    distributed.brings(told_charge(quantity="4"))
    distributed.run(DECEMBER)
    assert distributed.plan(DECEMBER).billings == []
    distributed.brings(told_charge(first="2027-01-01", last="2027-01-31"), first="2027-01-01", last="2027-01-31")
    plan = distributed.plan(date(2027, 1, 1))
    with distributed.database.reading() as db:
        (last,) = last_ones(db, distributed.id, plan.billings, date(2027, 1, 1)).values()
    assert (last.kind, last.total) == ("credit_memo", Decimal("-72.00"))
