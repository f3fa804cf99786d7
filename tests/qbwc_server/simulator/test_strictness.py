"""Where QuickBooks is strict, old-fashioned, or where nobody knows for certain what it does."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from qbwc_server.simulator import Bookkeeper, Switches
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.kinds import LIST_KINDS
from qbwc_server.simulator.switches import UnknownFilter
from qbwc_server.simulator.transactions import shown_lines
from qbxml.messages import MESSAGES
from qbxml.messages.invoice import InvoiceLineMod, InvoiceMod, InvoiceQueryRq
from qbxml.messages.transaction import ListDeletedQueryRq, ListDelRq, ListDelType
from qbxml.shared import ListFilter
from tests.qbxml.schema import faults

from .asking import Clock, ask, clock_of, company, document, done, invoice, line, name, read

D = Decimal
GUID = UUID("6a0c4d1e-0000-4000-8000-000000000001")


def changed(books: CompanyFile, *lines: dict[str, Any], **header: Any) -> Any:
    """The answer to a Mod of the newest invoice; each line is kept or new as its TxnLineID says."""
    txn = books.invoices[-1]
    parts = tuple(InvoiceLineMod(**one) for one in lines)
    if parts:
        header["lines"] = parts
    return ask(books, InvoiceMod(txn_id=txn.txn_id, edit_sequence=txn.edit_sequence, **header))


@pytest.mark.parametrize(("keeps", "amount"), [(False, "20.00"), (True, "1197.84")])
def test_a_changed_line_with_quantity_and_amount(keeps: bool, amount: str) -> None:
    books = company(switches=Switches(changed_line_keeps_rate=keeps, coarse_edit_sequence=False))
    done(books, invoice(line(quantity="1", rate="299.46")))
    first = books.invoices[0].lines[0].txn_line_id
    assert changed(books, {"txn_line_id": first, "quantity": D(4), "amount": D("20.00")}).code == 0
    assert shown_lines(books.invoices[0])[0].amount == D(amount)


def test_a_changed_line_with_quantity_alone_keeps_the_old_rate() -> None:
    books = company()
    done(books, invoice(line(quantity="1", rate="299.46")))
    first = books.invoices[0].lines[0].txn_line_id
    assert changed(books, {"txn_line_id": first, "quantity": D(4)}).code == 0
    assert shown_lines(books.invoices[0])[0].amount == D("1197.84")


def test_an_empty_text_clears_a_description() -> None:
    books = company()
    done(books, invoice(line(amount="5.00", desc="Old"), memo="Old", po_number="7"))
    first = books.invoices[0].lines[0].txn_line_id
    assert changed(books, {"txn_line_id": first, "desc": ""}, memo="", po_number="").code == 0
    assert shown_lines(books.invoices[0])[0].desc == ""
    assert "memo" not in books.invoices[0].values


def test_an_amount_on_a_subtotal_posts_nothing() -> None:
    books = company()
    got = done(books, invoice(line("Subtotal", amount="30.00"), line(amount="5.00")))
    assert [one.amount for one in got.lines] == [D("0.00"), D("5.00")]


def test_a_price_level_of_the_customer_and_of_the_line() -> None:
    books = company()
    ann = Bookkeeper(books)
    for title, percentage in (("Friends", "-10"), ("Rush", "50")):
        ann.add("PriceLevel", title, price_level_fixed_percentage=D(percentage))
    ann.change_entry("Customer", "Bluebird Cafe", price_level="Friends")
    rush = line("Grinder", price_level=name("Rush"))
    got = done(books, invoice(line("Grinder"), rush, line("Grinder", rate="1.00"), customer="Bluebird Cafe"))
    assert [one.amount for one in got.lines] == [D("71.10"), D("118.50"), D("1.00")]
    assert done(books, invoice(line("Grinder"))).subtotal == D("79.00")


def test_old_data_holds_characters_that_xml_forbids() -> None:
    books = company()
    ann = Bookkeeper(books)
    txn = ann.enter("Invoice", customer="Kern Lighting", memo="a\x0bb\x1f", lines=[{"item": "Seat"}])
    ann.change_entry("Customer", "Kern Lighting", notes="\x01")
    answer = books.process(document(InvoiceQueryRq(txn_ids=(txn.txn_id,))))
    assert "<Memo>a&#11;b&#31;</Memo>" in answer
    books.restore(books.backup())
    books.open()
    assert "a&#11;b&#31;" in books.process(document(InvoiceQueryRq(txn_ids=(txn.txn_id,))))


@pytest.mark.parametrize("how", UnknownFilter)
def test_a_filter_that_names_nobody(how: UnknownFilter) -> None:
    books = company(switches=Switches(unknown_entity_filter=how))
    done(books, invoice())
    got = ask(books, InvoiceQueryRq(entity_filter=ListFilter(full_names=("Nobody",))))
    assert (got.code, got.rets) == (how, [])
    known = ask(books, InvoiceQueryRq(entity_filter=ListFilter(full_names=("Nobody", "Kern Lighting"))))
    assert (known.code, len(known.rets)) == (0, 1)


@pytest.mark.parametrize("refuses", [False, True])
def test_a_known_mark_on_a_new_transaction(refuses: bool) -> None:
    books = company(switches=Switches(refuse_known_guid=refuses))
    done(books, invoice(external_guid=GUID))
    assert ask(books, invoice(external_guid=GUID)).code == (3100 if refuses else 0)
    assert len(books.invoices) == (1 if refuses else 2)


def test_times_are_in_the_zone_of_the_pc() -> None:
    books = CompanyFile("Zones", now=Clock(), zone=ZoneInfo("America/Los_Angeles"))
    ann = Bookkeeper(books)
    ann.add("Customer", "Acme")
    txn = ann.enter("JournalEntry", lines=sides())
    assert txn.time_created.utcoffset() == timedelta(hours=-8)
    assert txn.txn_date == date(2026, 3, 2)
    books.open()
    assert "<TimeCreated>2026-03-02T01:00:00-08:00</TimeCreated>" in books.process(
        document(MESSAGES["JournalEntryQueryRq"]())
    )


def test_a_customer_in_another_currency_has_a_receivable_account_of_its_own() -> None:
    books = company()
    books.books.facts.multi_currency = True
    ann = Bookkeeper(books)
    ann.add("Currency", "Euro")
    ann.change_entry("Customer", "Bluebird Cafe", currency="Euro")
    got = done(books, invoice(line(amount="10.00"), customer="Bluebird Cafe", exchange_rate=D("1.25")))
    assert (got.currency.full_name, got.ar_account.full_name) == ("Euro", "Accounts Receivable - Euro")
    assert books.trial_balance()["Accounts Receivable - Euro"] == D("12.50")
    refused = ask(books, invoice(customer="Bluebird Cafe", ar_account=name("Accounts Receivable")))
    assert (refused.code, "currency" in refused.message) == (3140, True)
    assert done(books, invoice(line(amount="10.00"))).currency is None


def sides() -> list[dict[str, Any]]:
    return [
        {"journal_line_type": side, "account": account, "amount": D("1.00")}
        for side, account in (("Debit", "Utilities"), ("Credit", "Checking"))
    ]


def test_deleted_entries_are_told_of_for_ninety_days() -> None:
    books = company()
    entry = Bookkeeper(books).add("PaymentMethod", "Barter")
    done(books, ListDelRq(list_del_type=ListDelType.PAYMENT_METHOD, list_id=entry.list_id))
    query = ListDeletedQueryRq(list_del_types=(ListDelType.PAYMENT_METHOD,))
    clock_of(books).forward(90 * 86_400)
    assert ask(books, query).code == 0
    clock_of(books).forward()
    assert ask(books, query).code == 1


QUERIED = [tag for tag in LIST_KINDS if f"{tag}QueryRq" in MESSAGES and f"{tag}Ret" in MESSAGES]


@pytest.mark.parametrize("tag", QUERIED)
def test_every_list_is_asked_for(tag: str) -> None:
    books = company(sales_tax=True)
    if not books.entries(tag):
        needed: dict[str, dict[str, Any]] = {
            "SalesRep": {"sales_rep_entity": "Amazon"},
            "DateDrivenTerms": {"day_of_month_due": 15},
            "ItemFixedAsset": {"acquired_as": "New", "purchase_desc": "Van", "purchase_date": date(2026, 3, 2)},
        }
        more = needed.get(tag, {})
        Bookkeeper(books).add(tag, "One", **more)
    text = document(MESSAGES[f"{tag}QueryRq"]())
    answer = books.process(text)
    (got,) = read(answer)
    assert (got.code, len(got.rets)) == (0, len([one for one in books.entries(tag) if one.is_active]))
    assert faults(text) == []
