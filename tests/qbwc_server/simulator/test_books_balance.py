"""Whatever is asked of a company file, in whatever order: debits equal credits, and balances follow from documents."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qbwc_server.simulator import Bookkeeper
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.refusals import Refused
from qbwc_server.simulator.switches import Switches
from qbxml.messages.bill import BillAdd, BillItemLineAdd
from qbxml.messages.check import CheckAdd
from qbxml.messages.credit_memo import CreditMemoAdd, CreditMemoLineAdd
from qbxml.messages.deposit import DepositAdd, DepositLineAdd
from qbxml.messages.invoice import InvoiceAdd, InvoiceLineAdd, InvoiceLineMod, InvoiceMod
from qbxml.messages.journal_entry import JournalCreditLine, JournalDebitLine, JournalEntryAdd
from qbxml.messages.purchase_lines import ExpenseLineAdd
from qbxml.messages.receive_payment import AppliedToTxnAdd, ReceivePaymentAdd
from qbxml.messages.sales_receipt import SalesReceiptAdd, SalesReceiptLineAdd
from qbxml.messages.transaction import TxnDelRq, TxnDelType, TxnVoidRq, TxnVoidType
from qbxml.shared import SetCredit

from .asking import ask, clock_of, company, name
from .test_bookkeeper import stock_item

D = Decimal
amounts = st.integers(-5_000, 60_000).map(lambda cents: D(cents) / 100)
positive = st.integers(1, 60_000).map(lambda cents: D(cents) / 100)
quantities = st.integers(1, 9_999).map(lambda hundredths: D(hundredths) / 100)
rates = st.integers(0, 5_000_000).map(lambda parts: D(parts) / 100_000)
items = st.sampled_from(
    ["Seat", "Grinder", "Filter Papers", "Shipping", "Discount", "Ten Percent Off", "Subtotal", "Sales Tax"]
)
customers = st.sampled_from(["Kern Lighting", "Kern Lighting:Showroom", "Bluebird Cafe"])
days = st.integers(0, 60).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
which = st.integers(0, 1_000)


@st.composite
def line_fields(draw: st.DrawFn) -> dict[str, Any]:
    fields: dict[str, Any] = {"item": name(draw(items))}
    if draw(st.booleans()):
        fields["quantity"] = draw(quantities)
    if draw(st.booleans()):
        fields["rate"] = draw(rates)
    if draw(st.booleans()):
        fields["amount"] = draw(amounts)
    return fields


lines = st.lists(line_fields(), min_size=1, max_size=4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("invoice"), customers, days, lines),
        st.tuples(st.just("receipt"), customers, days, lines),
        st.tuples(st.just("memo"), customers, days, lines),
        st.tuples(st.just("change"), which, which, lines),
        st.tuples(st.just("header"), which, days, customers),
        st.tuples(st.just("pay"), customers, positive, which),
        st.tuples(st.just("auto"), customers, positive, days),
        st.tuples(st.just("credit"), which, which, positive),
        st.tuples(st.just("deposit"), which, amounts, days),
        st.tuples(st.just("spend"), amounts, positive, days),
        st.tuples(st.just("journal"), positive, days, customers),
        st.tuples(st.just("enter"), which, days, positive),
        st.tuples(st.just("edit"), which, which, positive),
        st.tuples(st.just("merge"), which, which, which),
        st.tuples(st.just("void"), which, which, which),
        st.tuples(st.just("delete"), which, which, which),
    ),
    min_size=1,
    max_size=25,
)


def pick(found: list[Any], number: int) -> Any:
    return found[number % len(found)] if found else None


def request(books: CompanyFile, step: tuple[Any, ...]) -> Any:
    """The request of a step, or None where nothing is there to be asked for."""
    kind, a, b, c = step
    if kind == "invoice":
        return InvoiceAdd(customer=name(a), txn_date=b, lines=tuple(InvoiceLineAdd(**one) for one in c))
    if kind == "receipt":
        return SalesReceiptAdd(customer=name(a), txn_date=b, lines=tuple(SalesReceiptLineAdd(**one) for one in c))
    if kind == "memo":
        return CreditMemoAdd(customer=name(a), txn_date=b, lines=tuple(CreditMemoLineAdd(**one) for one in c))
    if kind in ("change", "header"):
        txn = pick(books.invoices, a)
        if txn is None:
            return None
        common = {"txn_id": txn.txn_id, "edit_sequence": txn.edit_sequence}
        if kind == "header":
            return InvoiceMod(**common, txn_date=b, customer=name(c))
        kept = tuple(InvoiceLineMod(txn_line_id=one.txn_line_id) for one in txn.lines[: b % 3])
        return InvoiceMod(**common, lines=kept + tuple(InvoiceLineMod(txn_line_id="-1", **one) for one in c))
    if kind == "pay":
        txn = pick(books.invoices, c)
        if txn is None:
            return None
        applied = AppliedToTxnAdd(
            txn_id=txn.txn_id,
            payment_amount=min(b, max(txn.balance, D(0))),
            discount_amount=D("0.50") if c % 3 == 0 else None,
            discount_account=name("Sales Discounts") if c % 3 == 0 else None,
        )
        return ReceivePaymentAdd(customer=name(txn.customer), total_amount=b, applied_to_txn_adds=(applied,))
    if kind == "auto":
        return ReceivePaymentAdd(customer=name(a), total_amount=b, txn_date=c, is_auto_apply=True)
    if kind == "credit":
        txn, memo = pick(books.invoices, a), pick(books.credit_memos, b)
        if txn is None or memo is None:
            return None
        use = AppliedToTxnAdd(
            txn_id=txn.txn_id,
            set_credits=(SetCredit(credit_txn_id=memo.txn_id, applied_amount=min(c, memo.unused)),),
        )
        return ReceivePaymentAdd(customer=name(txn.customer), total_amount=D(0), applied_to_txn_adds=(use,))
    if kind == "deposit":
        payment = pick(books.transactions_of("ReceivePayment", "SalesReceipt"), a)
        extra = DepositLineAdd(account=name("Merchant Fees"), amount=b)
        held = (DepositLineAdd(payment_txn_id=payment.txn_id),) if payment is not None else ()
        return DepositAdd(txn_date=c, deposit_to_account=name("Checking"), deposit_line_adds=(*held, extra))
    if kind == "spend":
        if b > 300:
            bought = BillItemLineAdd(item=name("Grinder"), quantity=D(2), amount=b)
            return BillAdd(vendor=name("Amazon"), txn_date=c, lines=(bought,))
        spent = ExpenseLineAdd(account=name("Utilities"), amount=a)
        return CheckAdd(account=name("Checking"), txn_date=c, expense_line_adds=(spent,))
    if kind == "journal":
        debit = JournalDebitLine(account=name("Accounts Receivable"), amount=a, entity=name(c))
        return JournalEntryAdd(txn_date=b, lines=(debit, JournalCreditLine(account=name("Sales"), amount=a)))
    txn = pick(books.transactions, a)
    if txn is None:
        return None
    if kind == "void" and txn.kind.tag in set(TxnVoidType):
        return TxnVoidRq(txn_void_type=TxnVoidType(txn.kind.tag), txn_id=txn.txn_id)
    if txn.kind.tag not in set(TxnDelType):  # a transfer: only people delete it
        return None
    return TxnDelRq(txn_del_type=TxnDelType(txn.kind.tag), txn_id=txn.txn_id)


def person(books: CompanyFile, step: tuple[Any, ...]) -> None:
    """What a person does by hand; what QuickBooks refuses changes nothing."""
    ann = Bookkeeper(books)
    before = books.trial_balance()
    kind, a, b, c = step
    try:
        if kind == "enter":
            tag = BY_HAND[a % len(BY_HAND)]
            lines, header = BY_HAND_FIELDS[tag](c)
            ann.enter(tag, txn_date=b, lines=lines, **header)
            return
        if kind == "merge":
            names = [one.full_name for one in books.customers]
            ann.merge("Customer", names[a % len(names)], names[b % len(names)])
            return
        txn = pick(books.transactions, a)
        if txn is None:
            return
        number = b % (len(txn.lines) + 1)
        edits: list[Callable[[], object]] = [
            lambda: ann.change_line(txn, number, amount=c),
            lambda: ann.remove_line(txn, number),
            lambda: ann.add_line(txn, item="Seat", amount=c),
            lambda: ann.add_line(txn, account="Utilities", amount=c),
            lambda: ann.change_line(txn, number, quantity=c),
            lambda: ann.change(txn, amount=c),
        ]
        edits[b % len(edits)]()
    except (Refused, IndexError):
        if kind != "merge":
            assert books.trial_balance() == before


BY_HAND_FIELDS: dict[str, Callable[[Decimal], tuple[list[dict[str, Any]], dict[str, Any]]]] = {
    "Estimate": lambda amount: ([{"item": "Seat", "amount": amount}], {"customer": "Kern Lighting"}),
    "PurchaseOrder": lambda amount: ([{"item": "Grinder", "amount": amount}], {"vendor": "Amazon"}),
    "ItemReceipt": lambda amount: ([{"item": "Grinder", "amount": amount}], {"vendor": "Amazon"}),
    "VendorCredit": lambda amount: ([{"account": "Utilities", "amount": amount}], {"vendor": "Amazon"}),
    "CreditCardCharge": lambda amount: (
        [{"account": "Utilities", "amount": amount}, {"item": "Grinder", "amount": amount}],
        {"account": "Company Credit Card"},
    ),
    "Transfer": lambda amount: (
        [],
        {"transfer_from_account": "Checking", "transfer_to_account": "Savings", "amount": amount},
    ),
    "InventoryAdjustment": lambda amount: (
        [{"item": "Kettle", "quantity_difference": amount}],
        {"account": "Rounding"},
    ),
}
BY_HAND = list(BY_HAND_FIELDS)
BY_PERSONS = ("enter", "edit", "merge")


def check(books: CompanyFile) -> None:
    balance = books.trial_balance()
    assert sum(balance.values(), D(0)) == 0
    assert balance == books.books.recomputed()
    for txn in books.transactions:
        assert sum((posting.amount for posting in txn.postings), D(0)) == 0
        if txn.kind.owes:
            assert 0 <= txn.balance <= txn.total
        elif txn.kind.tag in ("ReceivePayment", "CreditMemo"):
            assert 0 <= txn.unused <= txn.total
    owed = sum((books.balance_of(one.full_name) for one in books.customers), D(0))
    assert owed == balance.get("Accounts Receivable", 0)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_the_books_balance_after_every_step(taken: list[tuple[Any, ...]]) -> None:
    books = company(sales_tax=True, switches=Switches(coarse_edit_sequence=False))
    stock_item(Bookkeeper(books))
    for step in taken:
        if step[0] in BY_PERSONS:
            person(books, step)
            clock_of(books).forward()
            check(books)
            continue
        message = request(books, step)
        if message is None:
            continue
        before, writes = books.trial_balance(), books.executed_writes
        got = ask(books, message)
        clock_of(books).forward()
        if got.severity == "Error":
            assert books.trial_balance() == before
            assert books.executed_writes == writes
        check(books)
    books.restore(books.backup())
    check(books)
