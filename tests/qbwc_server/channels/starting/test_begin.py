"""A shop is started once nothing stands against it, and once; a reset forgets nothing, and nothing comes twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from qbwc_server.channels.connections.running import NotRunning
from qbwc_server.channels.connections.setting_up import Settled
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.channels.starting.begin import KeptAsItWas, NotReady, Started
from qbwc_server.channels.starting.steps import StartStep
from qbwc_server.documents.kinds import load_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.errors import Invalid
from qbwc_server.list_kinds import ListKind
from tests.channels.connected import ANN, CLOCK
from tests.qbwc_server.channels.starting.beginning import Beginning


def ready(beginning: Beginning) -> None:
    beginning.told()
    beginning.look()


def test_nothing_runs_before_the_start(beginning: Beginning) -> None:  # S3-09
    ready(beginning)
    connection = beginning.connected.connection(beginning.id)
    assert connection.state is ConnectionState.BEING_SET_UP  # although upstream has answered
    for by in (ANN, CLOCK):
        with pytest.raises(NotRunning):
            beginning.connected.run(beginning.id, by=by)
    assert beginning.connected.documents() == {}


def test_each_step_stands_against_it_until_it_is_settled(beginning: Beginning) -> None:
    with pytest.raises(NotReady, match="not asked yet"):
        beginning.start()
    beginning.look()
    beginning.told(sales_tax=None)
    with pytest.raises(NotReady, match="sales tax"):
        beginning.start()


def test_started_it_runs_by_the_clock_and_is_not_started_again(beginning: Beginning) -> None:
    ready(beginning)
    beginning.start()
    at = beginning.connected.clock().replace(hour=12)
    beginning.shop.sell(1, 1_000, at)
    beginning.connected.run(beginning.id, by=CLOCK)
    assert len(beginning.connected.documents()) == 1
    with pytest.raises(Started):
        beginning.start()


def test_what_was_settled_stays_until_a_reset(beginning: Beginning) -> None:
    ready(beginning)
    beginning.start()
    for change in ({"documents": "detailed"}, {"start_date": "2026-02-01"}, {"clearing_account": "Till"}):
        with pytest.raises(Settled):
            beginning.connected.change(beginning.id, change)
    beginning.connected.change(beginning.id, {"gateways": {"manual": "Checking"}, "start_date": "2026-03-01"})
    beginning.reset(beginning.account)
    beginning.connected.change(beginning.id, {"start_date": "2026-02-01"})


@pytest.mark.parametrize("typed", ["", "yes", "RESET", "127.0.0.1"])
def test_a_reset_wants_the_name_of_the_shop_typed(beginning: Beginning, typed: str) -> None:
    ready(beginning)
    beginning.start()
    with pytest.raises(Invalid, match=beginning.account):
        beginning.reset(typed)
    beginning.reset(f" {beginning.account.upper()} ")
    assert beginning.connected.connection(beginning.id).state is ConnectionState.BEING_SET_UP
    with pytest.raises(NotReady):
        beginning.reset(beginning.account)


def test_after_a_reset_and_another_start_nothing_is_there_twice(beginning: Beginning) -> None:
    ready(beginning)
    beginning.start({"clearing": "100.00", "gift_cards": "30"})
    beginning.shop.sell(1, 1_000, beginning.connected.clock().replace(hour=12))
    beginning.connected.run(beginning.id)
    before = beginning.connected.documents()
    beginning.reset(beginning.account)
    with pytest.raises(NotRunning):
        beginning.connected.run(beginning.id)
    assert beginning.connected.documents() == before
    beginning.start({"clearing": "100.00", "gift_cards": "30"})
    beginning.connected.run(beginning.id)
    assert beginning.connected.documents() == before


def test_an_earlier_day_brings_what_is_older_and_keeps_what_is_here(beginning: Beginning) -> None:
    beginning.shop.sell(1, 1_000, beginning.connected.clock().replace(month=2, day=20))
    beginning.shop.sell(2, 2_000, beginning.connected.clock().replace(hour=12))
    ready(beginning)
    beginning.start()
    beginning.connected.run(beginning.id)
    (first,) = beginning.connected.documents()
    beginning.reset(beginning.account)
    beginning.connected.change(beginning.id, {"start_date": "2026-02-01"})
    beginning.start()
    beginning.connected.run(beginning.id)
    found = beginning.connected.documents()
    assert len(found) == 2
    assert first in found


@pytest.mark.parametrize("change", [{"documents": "detailed"}, {"start_date": "2026-03-02"}], ids=["mode", "later"])
def test_what_would_bring_the_same_sales_as_other_documents_is_refused(
    beginning: Beginning, change: dict[str, object]
) -> None:
    ready(beginning)
    beginning.start()
    beginning.shop.sell(1, 1_000, beginning.connected.clock().replace(hour=12))
    beginning.connected.run(beginning.id)
    beginning.reset(beginning.account)
    beginning.connected.change(beginning.id, change)
    with pytest.raises(KeptAsItWas):
        beginning.start()


def test_without_documents_everything_may_be_otherwise(beginning: Beginning) -> None:
    ready(beginning)
    beginning.start()
    beginning.reset(beginning.account)
    beginning.connected.change(beginning.id, {"documents": "detailed", "start_date": "2026-03-02"})
    beginning.start()


def test_opening_balances_are_one_entry_of_the_day_before_for_review(beginning: Beginning) -> None:  # rule 20
    ready(beginning)
    beginning.start({"clearing": "1,200.50", "gift_cards": "300"})
    with beginning.connected.database.reading() as db:
        (row,) = db.scalars(select(DocumentRow)).all()
        document = load_document(row.body)
    assert (row.state.value, row.kind, document.date.isoformat()) == ("for_review", "journal_entry", "2026-02-28")
    lines = {one.account: (one.debit, one.credit) for one in document.lines}  # type: ignore[attr-defined]
    assert lines == {
        "Shopify Payments Clearing": (Decimal("1200.50"), None),
        "Gift Card Liability": (None, Decimal("300.00")),
        "Opening Balance Equity": (None, Decimal("900.50")),
    }


@pytest.mark.parametrize(
    "balances", [{}, {"clearing": "1"}, {"clearing": "x", "gift_cards": "0"}, {"clearing": "0", "gift_cards": "0.005"},
                 {"clearing": "0", "gift_cards": "NaN"}, {"clearing": "0", "gift_cards": "0", "other": "1"}]
)  # fmt: skip
def test_every_balance_has_to_be_said(beginning: Beginning, balances: dict[str, object]) -> None:
    ready(beginning)
    with pytest.raises(Invalid):
        beginning.start(balances)
    assert beginning.connected.connection(beginning.id).started_at is None


def test_upstream_tells_what_it_lacks_what_is_to_come_and_what_it_holds(beginning: Beginning) -> None:
    beginning.told()
    beginning.shop.store.scopes = beginning.shop.store.scopes - {"read_cash_tracking", "read_customers"}
    beginning.look()
    stands, said = beginning.says(StartStep.ACCESS)
    assert stands == "look"
    assert "lacks read_cash_tracking; missing in the books: cash sessions with what was over and short" in said
    looked = beginning.seen().looked
    assert looked is not None
    assert looked.coming == {"inventory": 0}  # customers may not be counted


def test_what_becomes_of_older_orders_is_said_with_the_first_day(beginning: Beginning) -> None:
    ready(beginning)
    stands, said = beginning.says(StartStep.BEGIN)
    assert stands == "look"
    assert "Documents come from 2026-03-01 on." in said
    assert "Of orders that were placed before, what happens from that day on counts" in said


def test_a_key_that_is_refused_stands_against_the_start(beginning: Beginning) -> None:
    beginning.told()
    beginning.shop.api.token = "shpat_other"
    beginning.look()
    assert beginning.says(StartStep.ACCESS)[0] == "blocked"
    with pytest.raises(NotReady):
        beginning.start()


@pytest.mark.parametrize(
    ("preferences", "options", "stands"),
    [
        ({"sales_tax": False}, {}, "done"),
        ({"sales_tax": True, "non_taxable_code": "Non", "sales_tax_item": "State"}, {}, "look"),  # S3-11
        ({"sales_tax": True, "non_taxable_code": "Non", "sales_tax_item": "Zero"}, {}, "done"),
        ({"sales_tax": True, "non_taxable_code": "Non"}, {"sales_tax_item": "Zero"}, "done"),
        ({"sales_tax": True, "non_taxable_code": "Non"}, {"tax_code": "Tax"}, "blocked"),
        ({"sales_tax": True}, {}, "blocked"),
    ],
)
def test_sales_tax_is_checked_from_the_preferences(
    beginning: Beginning, preferences: dict[str, object], options: dict[str, object], stands: str
) -> None:  # S3-10, S3-11
    beginning.told(**preferences)  # type: ignore[arg-type]
    beginning.add(ListKind.ITEM, "State", entry_type="SalesTax", rest={"tax_rate": "8.25"})
    beginning.add(ListKind.ITEM, "Zero", entry_type="SalesTax", rest={"tax_rate": "0.0"})
    beginning.add(ListKind.SALES_TAX_CODE, "Tax", rest={"is_taxable": True})
    if options:
        beginning.connected.change(beginning.id, options)
    assert beginning.says(StartStep.TAX)[0] == stands
