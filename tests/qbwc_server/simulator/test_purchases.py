"""Checks, charges, bills, journal entries and stock."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.simulator.company_file import CompanyFile
from qbxml.messages.bill import BillAdd, BillItemLineAdd, BillQueryRq
from qbxml.messages.check import ApplyCheckToTxnAdd, CheckAdd
from qbxml.messages.credit_card import CreditCardChargeAdd, CreditCardCreditAdd
from qbxml.messages.item import ItemInventoryAdd
from qbxml.messages.journal_entry import JournalCreditLine, JournalDebitLine, JournalEntryAdd
from qbxml.messages.purchase_lines import ExpenseLineAdd, ItemLineAdd
from qbxml.messages.transaction import TxnDelRq, TxnDelType, TxnVoidRq, TxnVoidType
from qbxml.shared import PaidStatus

from .asking import ask, company, done, invoice, line, name

D = Decimal


@pytest.fixture
def books() -> CompanyFile:
    return company()


def expense(account: str, amount: str, **fields: Any) -> ExpenseLineAdd:
    return ExpenseLineAdd(account=name(account), amount=D(amount), **fields)


def test_a_check_is_written_from_a_bank_account_only(books: CompanyFile) -> None:
    lines = (expense("Rent Expense", "900.00"), expense("Office Supplies", "30.00", class_=name("Store")))
    ret = done(books, CheckAdd(account=name("Checking"), payee_entity=name("Amazon"), expense_line_adds=lines))
    assert (ret.amount, ret.ref_number) == (D("930.00"), "1")
    assert ask(books, CheckAdd(account=name("Undeposited Funds"), expense_line_adds=lines)).code == 3210
    assert books.trial_balance() == {
        "Checking": D("-930.00"),
        "Office Supplies": D("30.00"),
        "Rent Expense": D("900.00"),
    }


def test_a_charge_and_its_credit(books: CompanyFile) -> None:
    card = name("Company Credit Card")
    done(books, CreditCardChargeAdd(account=card, expense_line_adds=(expense("Advertising", "50.00"),)))
    done(books, CreditCardCreditAdd(account=card, expense_line_adds=(expense("Advertising", "20.00"),)))
    assert books.trial_balance() == {"Advertising": D("30.00"), "Company Credit Card": D("-30.00")}
    wrong = CreditCardChargeAdd(account=name("Checking"), expense_line_adds=(expense("Advertising", "1.00"),))
    assert ask(books, wrong).code == 3210


def test_a_bill_is_owed_until_a_check_pays_it(books: CompanyFile) -> None:
    ret = done(
        books,
        BillAdd(
            vendor=name("Cascade Roasters"),
            txn_date=date(2026, 3, 1),
            terms=name("Net 15"),
            lines=(BillItemLineAdd(item=name("Coffee Beans 1kg"), quantity=D(10)),),
        ),
    )
    assert (ret.amount_due, ret.due_date, ret.is_paid) == (D("92.00"), date(2026, 3, 16), False)
    assert ret.lines[0].cost == D("9.20")
    pay = CheckAdd(
        account=name("Checking"),
        payee_entity=name("Cascade Roasters"),
        apply_check_to_txn_adds=(ApplyCheckToTxnAdd(txn_id=ret.txn_id, amount=D("92.00")),),
    )
    assert ask(books, pay).code == 0
    assert ask(books, pay).code == 3210
    assert done(books, BillQueryRq(paid_status=PaidStatus.PAID_ONLY)).txn_id == ret.txn_id
    assert books.trial_balance() == {"Checking": D("-92.00"), "Cost of Goods Sold": D("92.00")}


def test_debits_must_equal_credits(books: CompanyFile) -> None:
    debit = JournalDebitLine(account=name("Checking"), amount=D("10.00"))
    credit = JournalCreditLine(account=name("Owner's Equity"), amount=D("10.00"))
    short = JournalCreditLine(account=name("Owner's Equity"), amount=D("9.99"))
    ret = done(books, JournalEntryAdd(lines=(debit, credit)))
    assert [type(one).__name__ for one in ret.lines] == ["JournalDebitLine", "JournalCreditLine"]
    assert ask(books, JournalEntryAdd(lines=(debit, short))).code == 3210
    assert books.trial_balance() == {"Checking": D("10.00"), "Owner's Equity": D("-10.00")}


def test_a_journal_line_on_receivables_needs_a_customer(books: CompanyFile) -> None:
    credit = JournalCreditLine(account=name("Sales"), amount=D("10.00"))
    bare = JournalDebitLine(account=name("Accounts Receivable"), amount=D("10.00"))
    assert ask(books, JournalEntryAdd(lines=(bare, credit))).code == 3180
    vendor = JournalDebitLine(account=name("Accounts Receivable"), amount=D("10.00"), entity=name("Amazon"))
    assert ask(books, JournalEntryAdd(lines=(vendor, credit))).code == 3180
    named = JournalDebitLine(account=name("Accounts Receivable"), amount=D("10.00"), entity=name("Bluebird Cafe"))
    done(books, JournalEntryAdd(lines=(named, credit)))
    assert books.balance_of("Bluebird Cafe") == D("10.00")


def test_stock_comes_in_and_goes_out_at_its_average_cost(books: CompanyFile) -> None:
    item = done(
        books,
        ItemInventoryAdd(
            name="Kettle",
            sales_price=D("40"),
            income_account=name("Sales"),
            cogs_account=name("Cost of Goods Sold"),
            asset_account=name("Inventory Asset"),
            quantity_on_hand=D(10),
            total_value=D("100.00"),
        ),
    )
    assert (item.quantity_on_hand, item.average_cost) == (D(10), D(10))
    done(
        books,
        BillAdd(
            vendor=name("Amazon"),
            lines=(BillItemLineAdd(item=name("Kettle"), quantity=D(10), amount=D("200.00")),),
        ),
    )
    made = done(books, invoice(line("Kettle", quantity="4")))
    balance = books.trial_balance()
    assert (balance["Inventory Asset"], balance["Cost of Goods Sold"]) == (D("240.00"), D("60.00"))
    entry = next(one for one in books.items if one.name == "Kettle")
    assert (entry.quantity, entry.average_cost) == (D(16), D(15))
    done(books, TxnDelRq(txn_del_type=TxnDelType.INVOICE, txn_id=made.txn_id))
    assert (entry.quantity, books.trial_balance()["Inventory Asset"]) == (D(20), D("300.00"))


def test_a_voided_check_is_zero(books: CompanyFile) -> None:
    ret = done(books, CheckAdd(account=name("Checking"), expense_line_adds=(expense("Utilities", "5.00"),)))
    done(books, TxnVoidRq(txn_void_type=TxnVoidType.CHECK, txn_id=ret.txn_id))
    assert books.trial_balance() == {}
    assert books.transactions[0].is_void


def test_a_purchase_without_lines_is_refused(books: CompanyFile) -> None:
    assert ask(books, BillAdd(vendor=name("Amazon"))).code == 3180
    nameless = CheckAdd(account=name("Checking"), lines=(ItemLineAdd(desc="x", amount=D("1.00")),))
    assert ask(books, nameless).code == 3150


def test_lines_that_post_nowhere_are_refused(books: CompanyFile) -> None:
    def check(**fields: Any) -> int:
        return ask(books, CheckAdd(account=name("Checking"), **fields)).code

    assert check(expense_line_adds=(ExpenseLineAdd(amount=D("1.00")),)) == 3150
    assert check(expense_line_adds=(expense("Accounts Receivable", "1.00"),)) == 3150
    assert check(apply_check_to_txn_adds=(ApplyCheckToTxnAdd(txn_id="FFFF-1"),)) == 3120
    refund = expense("Accounts Receivable", "4.00", customer=name("Bluebird Cafe"))
    assert check(expense_line_adds=(refund,), lines=(ItemLineAdd(desc="words"),)) == 0
    assert books.balance_of("Bluebird Cafe") == D("4.00")
    books.books.create("ItemService", "Nowhere")
    assert check(lines=(ItemLineAdd(item=name("Nowhere"), amount=D("1.00")),)) == 3270
    assert check(expense_line_adds=(expense("Utilities", "-1.00"),)) == 3210


def test_journal_entries_that_make_no_sense_are_refused(books: CompanyFile) -> None:
    minus = JournalDebitLine(account=name("Checking"), amount=D("-1.00"))
    assert ask(books, JournalEntryAdd(lines=(minus,))).code == 3210
    nowhere = JournalDebitLine(amount=D("1.00"))
    assert ask(books, JournalEntryAdd(lines=(nowhere,))).code == 3150
    assert ask(books, JournalEntryAdd(lines=(JournalDebitLine(account=name("Checking")),))).code == 3180
    assert books.transactions == []
