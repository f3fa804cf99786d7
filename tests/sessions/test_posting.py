"""Documents reach the books: whole update sessions through the SOAP face."""

from __future__ import annotations

from decimal import Decimal

from qbwc_server.documents.lifecycle import State
from tests.sessions.world import World, invoice, payment, receipt


def test_invoices_reach_the_books_with_their_customers_and_items(world: World) -> None:
    world.hand_in(*(invoice(f"o-{n}", number=str(1000 + n), customer=f"Customer {n % 3}") for n in range(40)))
    report = world.update()
    assert report.ok, report
    assert report.status_line == "40 invoices posted."
    assert sorted(one.ref_number for one in world.books.invoices) == [str(1000 + n) for n in range(40)]
    assert {row.state for row in world.rows([f"o-{n}" for n in range(40)])} == {State.POSTED}
    row = world.row("o-7")
    assert row.txn_id
    assert row.posted_number == "1007"
    assert row.posted_total == Decimal("30.00")
    assert world.update().status_line == "No data exchange required"


def test_a_payment_waits_for_its_invoice_and_names_its_txn_id(world: World) -> None:
    world.hand_in(payment("p-1", amount="30.00", pays={"o-1": "30.00"}), invoice("o-1", number="1"))
    report = world.update()
    assert report.status_line == "1 invoice and 1 payment posted.", report
    assert world.books.balance_of("Acme") == 0


def test_a_revised_invoice_is_changed_in_the_books(world: World) -> None:
    world.hand_in(invoice("o-1", number="1"))
    world.update()
    world.hand_in(invoice("o-1", number="1", amount="45.00"), revise=True)
    assert world.update().ok
    assert [one.total for one in world.books.invoices] == [Decimal("45.00")]
    assert world.row("o-1").state is State.POSTED


def test_a_withdrawn_receipt_is_void(world: World) -> None:
    world.hand_in(receipt("r-1", number="R1"))
    world.update()
    world.void("r-1")
    assert world.update().ok
    assert [one.is_void for one in world.books.sales_receipts] == [True]
    assert world.row("r-1").state is State.WITHDRAWN


def test_what_quickbooks_refuses_stands_with_advice_and_touches_nobody_else(world: World) -> None:
    world.options(create_items=None, item_income_account=None)
    world.hand_in(invoice("o-1", number="1"))
    report = world.update()
    assert report.ok
    assert report.status_line.startswith("1 needs you: http://localhost:8000/status/")
    row = world.row("o-1")
    assert row.state is State.FAILED
    assert "Seat" in (row.message or "")
    assert row.advice
    world.options(create_items=True, item_income_account="Sales")
    world.submit("o-1")
    assert world.update().status_line == "1 invoice posted."
