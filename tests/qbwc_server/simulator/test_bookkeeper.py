"""What a person does at the PC: any field, any line, any kind; and the books balance afterwards."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.simulator import Bookkeeper
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.entering import ENTERING
from qbwc_server.simulator.refusals import Refused
from qbwc_server.simulator.switches import Edition, Switches
from qbwc_server.simulator.transactions import Transaction, shown_lines
from qbxml.messages import MESSAGES
from qbxml.messages.invoice import InvoiceMod
from qbxml.messages.item import SalesAndPurchase

from .asking import ask, clock_of, company, done, invoice, line, name

D = Decimal
DAY = date(2026, 3, 1)


@pytest.fixture
def books() -> Iterator[CompanyFile]:
    made = company(switches=Switches(edition=Edition.PREMIER, coarse_edit_sequence=False))
    yield made
    assert made.trial_balance() == made.books.recomputed()
    assert sum(made.trial_balance().values(), D(0)) == 0
    before = made.trial_balance()
    made.restore(made.backup())
    assert made.trial_balance() == before


@pytest.fixture
def ann(books: CompanyFile) -> Bookkeeper:
    return Bookkeeper(books)


def stock_item(ann: Bookkeeper, title: str = "Kettle") -> str:
    books = ann.company.books
    accounts: dict[str, Any] = {
        "income_account": books.lists.account("Sales").ref,
        "cogs_account": books.special("CostOfGoodsSold").ref,
        "asset_account": books.special("InventoryAssets").ref,
    }
    ann.add("ItemInventory", title, sales_price=D("20"), purchase_cost=D("8"), **accounts)
    return title


def one_of(ann: Bookkeeper, tag: str) -> Transaction:
    """A transaction of this kind, with at least one line where the kind has lines."""
    if tag == "ReceivePayment":
        owed = one_of(ann, "Invoice")
        return ann.enter(tag, customer="Kern Lighting", txn_date=DAY, total_amount=owed.total)
    if tag == "Deposit":
        line_ = {"account": "Sales", "amount": D("30.00")}
        return ann.enter(tag, deposit_to_account="Checking", txn_date=DAY, lines=[line_])
    if tag == "JournalEntry":
        sides = (("Debit", "Utilities"), ("Credit", "Checking"))
        lines = [{"journal_line_type": side, "account": account, "amount": D("30.00")} for side, account in sides]
        return ann.enter(tag, txn_date=DAY, lines=lines)
    if tag == "Transfer":
        ends: dict[str, Any] = {"transfer_from_account": "Checking", "transfer_to_account": "Savings"}
        return ann.enter(tag, txn_date=DAY, amount=D("30.00"), **ends)
    if tag in ("Check", "CreditCardCharge", "CreditCardCredit"):
        account = "Checking" if tag == "Check" else "Company Credit Card"
        lines = [{"account": "Utilities", "amount": D("30.00")}]
        return ann.enter(tag, account=account, txn_date=DAY, lines=lines)
    if tag in ("Bill", "VendorCredit", "ItemReceipt", "PurchaseOrder"):
        return ann.enter(tag, vendor="Amazon", txn_date=DAY, lines=[{"item": "Grinder", "quantity": D(3)}])
    if tag == "InventoryAdjustment":
        lines = [{"item": stock_item(ann), "quantity_difference": D(3)}]
        return ann.enter(tag, account="Rounding", txn_date=DAY, lines=lines)
    return ann.enter(tag, customer="Kern Lighting", txn_date=DAY, lines=[{"item": "Grinder", "quantity": D(3)}])


HERE = [tag for tag in ENTERING if f"{tag}Ret" in MESSAGES and tag != "ARRefundCreditCard"]
WITH_LINES = [tag for tag in HERE if tag not in ("ReceivePayment", "Transfer")]
NUMBERED = [tag for tag in HERE if tag not in ("Deposit", "Transfer")]


@pytest.mark.parametrize("tag", HERE)
def test_any_kind_is_dated_anew_and_its_memo_written(ann: Bookkeeper, tag: str) -> None:
    txn = one_of(ann, tag)
    before, total = ann.company.trial_balance(), txn.total
    clock_of(ann.company).forward(60)
    if tag == "JournalEntry":
        ann.change(txn, txn_date=date(2026, 2, 3), is_adjustment=True)
    else:
        ann.change(txn, txn_date=date(2026, 2, 3), memo="As Ann has it")
        assert txn.memo == "As Ann has it"
    assert (txn.txn_date, txn.total) == (date(2026, 2, 3), total)
    assert ann.company.trial_balance() == before
    assert txn.time_modified == clock_of(ann.company)()


@pytest.mark.parametrize("tag", NUMBERED)
def test_any_numbered_kind_gets_another_number(ann: Bookkeeper, tag: str) -> None:
    txn = one_of(ann, tag)
    ann.change(txn, ref_number="A-77")
    assert [one.txn_id for one in ann.company.find_by_ref("a-77")] == [txn.txn_id]


@pytest.mark.parametrize("tag", HERE)
def test_any_kind_is_voided_and_dated_anew_and_stays_void(ann: Bookkeeper, tag: str) -> None:
    txn = one_of(ann, tag)
    ann.void(txn)
    assert txn.is_void
    ann.change(txn, txn_date=date(2026, 2, 3))
    assert txn.is_void
    assert txn.total == 0
    assert txn.postings == ()


@pytest.mark.parametrize("tag", HERE)
def test_any_kind_is_deleted(ann: Bookkeeper, tag: str) -> None:
    before = ann.company.trial_balance()
    txn = one_of(ann, tag)
    for other in ann.company.transactions:
        if other is txn or other.kind.tag == "Invoice":
            ann.delete(other)
    assert ann.company.transactions == []
    assert ann.company.trial_balance() == before


@pytest.mark.parametrize("tag", HERE)
def test_any_kind_is_typed_again_without_the_mark(ann: Bookkeeper, tag: str) -> None:
    txn = one_of(ann, tag)
    twin = ann.type_again(txn)
    assert twin.txn_id != txn.txn_id
    assert (twin.total, twin.txn_date, twin.ref_number) == (txn.total, txn.txn_date, txn.ref_number)
    assert len(twin.lines) == len(txn.lines)
    assert twin.external_guid is None


@pytest.mark.parametrize("tag", WITH_LINES)
def test_a_line_of_any_kind_is_kept_taken_away_and_added(ann: Bookkeeper, tag: str) -> None:
    txn = one_of(ann, tag)
    old = [one.txn_line_id for one in txn.lines]
    more: dict[str, Any] = {
        "Deposit": {"account": "Merchant Fees", "amount": D("-5.00")},
        "JournalEntry": {"journal_line_type": "Debit", "account": "Utilities", "amount": D("0.00")},
        "InventoryAdjustment": {"item": "Kettle", "quantity_difference": D(-1)},
    }.get(tag, {"account": "Utilities", "amount": D("5.00")})
    if tag in ("Invoice", "SalesReceipt", "CreditMemo", "Estimate", "SalesOrder", "PurchaseOrder"):
        more = {"item": "Filter Papers", "quantity": D(1)}
    before = txn.total
    ann.add_line(txn, **more)
    assert txn.total != before or tag == "JournalEntry"
    (number,) = (index for index, one in enumerate(txn.lines) if one.txn_line_id not in old)
    ann.remove_line(txn, number)
    assert [one.txn_line_id for one in txn.lines] == old
    assert txn.total == before


def test_an_amount_on_a_line_is_changed(ann: Bookkeeper) -> None:
    bill = one_of(ann, "Bill")
    ann.change_line(bill, 0, quantity=D(2))
    (only,) = shown_lines(bill)
    assert (only.quantity, only.amount) == (D(2), D("82.00"))
    ann.change_line(bill, 0, amount=D("50.00"))
    assert bill.total == D("50.00")
    assert bill.lines[0].cost == D("25")


def test_lines_change_places(ann: Bookkeeper) -> None:
    lines: list[dict[str, Any]] = [{"item": "Seat"}, {"item": "Grinder"}, {"item": "Shipping", "amount": D(4)}]
    txn = ann.enter("Invoice", customer="Kern Lighting", lines=lines)
    ann.reorder_lines(txn, [2, 0, 1])
    assert [one.item for one in shown_lines(txn)] == ["Shipping", "Seat", "Grinder"]


def test_saving_it_as_it_is_moves_the_edit_sequence(ann: Bookkeeper) -> None:
    txn = one_of(ann, "Invoice")
    before = txn.edit_sequence
    ann.save_unchanged(txn)
    assert txn.edit_sequence != before
    assert ask(ann.company, InvoiceMod(txn_id=txn.txn_id, edit_sequence=before, memo="late")).code == 3200


def test_a_field_is_emptied(ann: Bookkeeper) -> None:
    txn = ann.enter("Invoice", customer="Kern Lighting", po_number="PO 7", lines=[{"item": "Seat"}])
    ann.change(txn, po_number=None)
    assert "po_number" not in txn.values
    with pytest.raises(Refused, match="cannot be cleared"):
        ann.change(txn, customer=None)


def test_a_merged_customer_is_followed_by_all_that_named_it(ann: Bookkeeper) -> None:
    paid = done(ann.company, invoice(line(amount="40.00"), customer="Kern Lighting:Showroom"))
    txn = one_of(ann, "Invoice")
    old, target = ann.find("Customer", "Kern Lighting"), ann.find("Customer", "Bluebird Cafe")
    owed = ann.company.balance_of("Kern Lighting")
    ann.merge("Customer", "Kern Lighting", into="Bluebird Cafe")
    assert txn.customer == "Bluebird Cafe"
    assert txn.entity_id == target.list_id
    assert ann.company.books.transactions.of_entity(target.list_id) == [txn]
    assert ann.company.balance_of("Bluebird Cafe") == owed
    assert ann.company.books.lists.get(old.list_id) is None
    moved = ann.company.books.transactions.get(paid.txn_id)
    assert moved is not None
    assert moved.customer == "Bluebird Cafe:Showroom"


def test_merged_items_and_accounts_keep_the_ledger_right(ann: Bookkeeper) -> None:
    txn = one_of(ann, "Invoice")
    before = ann.company.trial_balance()["Sales"]
    ann.merge("ItemNonInventory", "Grinder", into="Espresso Cup")
    ann.merge("Account", "Sales", into="Service Income")
    assert [one.item for one in shown_lines(txn)] == ["Espresso Cup"]
    assert ann.company.trial_balance()["Service Income"] == before
    assert "Sales" not in ann.company.trial_balance()
    assert one_of_again(ann).total == D("18.00")


def one_of_again(ann: Bookkeeper) -> Transaction:
    lines = [{"item": "Espresso Cup", "quantity": D(3)}]
    return ann.enter("Invoice", customer="Kern Lighting", lines=lines)


def test_what_cannot_be_merged_is_refused(ann: Bookkeeper) -> None:
    for tag, one, other in (
        ("Customer", "Kern Lighting", "Kern Lighting"),
        ("Customer", "Kern Lighting", "Kern Lighting:Showroom"),
        ("Account", "Accounts Receivable", "Sales"),
    ):
        with pytest.raises(Refused):
            ann.merge(tag, one, into=other)


def test_a_renamed_entry_keeps_its_list_id(ann: Bookkeeper) -> None:
    txn = one_of(ann, "Invoice")
    entry = ann.find("Customer", "Kern Lighting")
    ann.rename("Customer", "Kern Lighting", "Kern & Sons")
    assert ann.find("Customer", "Kern & Sons") is entry
    assert txn.customer == "Kern & Sons"
    with pytest.raises(Refused, match="already in use"):
        ann.rename("Customer", "Kern & Sons", "Amazon")  # a vendor
    with pytest.raises(LookupError):
        ann.find("Customer", "Kern Lighting")


def test_inactive_and_deleted_entries(ann: Bookkeeper) -> None:
    ann.change_entry("Customer", "Bluebird Cafe", is_active=False, phone="1")
    assert ask(ann.company, invoice(customer="Bluebird Cafe")).code == 3140
    ann.delete_entry("Customer", "Bluebird Cafe")
    one_of(ann, "Invoice")
    with pytest.raises(Refused):
        ann.delete_entry("Customer", "Kern Lighting")


def test_a_person_knows_the_closing_password_and_a_program_does_not(ann: Bookkeeper) -> None:
    txn = one_of(ann, "Invoice")
    ann.close_books(date(2026, 3, 31))
    assert ask(ann.company, InvoiceMod(txn_id=txn.txn_id, edit_sequence=txn.edit_sequence, memo="x")).code == 3171
    ann.change(txn, memo="By Ann")
    assert txn.memo == "By Ann"
    ann.close_books(date(2026, 3, 31), password=False)
    assert ask(ann.company, InvoiceMod(txn_id=txn.txn_id, edit_sequence=txn.edit_sequence, memo="x")).code == 0
    assert ask(ann.company, invoice(txn_date=date(2026, 3, 1))).code == 0


def test_a_deposited_payment_keeps_its_amount_until_it_is_taken_out(ann: Bookkeeper) -> None:
    payment = one_of(ann, "ReceivePayment")
    extra = {"account": "Merchant Fees", "amount": D("-2.00")}
    deposit = ann.enter("Deposit", deposit_to_account="Checking", lines=[{"payment_txn_id": payment.txn_id}, extra])
    assert deposit.total == payment.total - 2
    with pytest.raises(Refused, match="delete this transaction from the deposit"):
        ann.change(payment, total_amount=D("1.00"))
    with pytest.raises(Refused):
        ann.void(payment)
    ann.add_line(deposit, account="Sales", amount=D("10.00"))
    ann.remove_line(deposit, 0)
    assert (payment.deposited_in, deposit.total) == ("", D("8.00"))
    ann.change(payment, total_amount=D("1.00"))
    assert ann.company.trial_balance()["Undeposited Funds"] == D("1.00")


@pytest.mark.skipif("InventoryAdjustment" not in HERE, reason="the library has no inventory adjustments yet")
def test_a_stock_item_follows_receipts_and_counts(ann: Bookkeeper) -> None:
    kettle = stock_item(ann)
    receipt = ann.enter("Bill", vendor="Amazon", lines=[{"item": kettle, "quantity": D(10)}])
    entry = ann.find("ItemInventory", kettle)
    assert (entry.quantity, entry.stock_value) == (D(10), D("80.00"))
    lines = [{"item": kettle, "quantity_difference": D(-2)}]
    count = ann.enter("InventoryAdjustment", account="Rounding", lines=lines)
    assert (entry.quantity, ann.company.trial_balance()["Rounding"]) == (D(8), D("16.00"))
    ann.change_line(count, 0, quantity_difference=D(-3))
    assert (entry.quantity, entry.stock_value) == (D(7), D("56.00"))
    ann.void(count)
    ann.delete(receipt)
    assert (entry.quantity, entry.stock_value) == (D(0), D("0.00"))


def test_a_price_changed_in_the_list_is_for_new_lines(ann: Bookkeeper) -> None:
    old = one_of(ann, "Invoice")
    entry = ann.find("ItemNonInventory", "Grinder")
    both: SalesAndPurchase = entry.value("sales_and_purchase")
    dearer = SalesAndPurchase(**{**vars(both), "sales_price": D("100.00")})
    ann.change_entry("ItemNonInventory", "Grinder", sales_and_purchase=dearer)
    assert (old.total, one_of(ann, "Invoice").total) == (D("237.00"), D("300.00"))
    assert name("Grinder").full_name == "Grinder"


def test_an_order_has_no_expenses(ann: Bookkeeper) -> None:
    """QuickBooks has one table of items there, and no other."""
    order = one_of(ann, "PurchaseOrder")
    total = order.total
    with pytest.raises(Refused, match="saving a PurchaseOrder"):
        ann.add_line(order, account="Utilities", amount=D(4))
    assert order.total == total
