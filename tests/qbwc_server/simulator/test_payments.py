"""Payments, credits, deposits, voiding and deleting."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.simulator.switches import Switches
from qbxml.messages.credit_memo import CreditMemoAdd, CreditMemoLineAdd
from qbxml.messages.deposit import CashBackInfoAdd, DepositAdd, DepositLineAdd
from qbxml.messages.invoice import InvoiceLineMod, InvoiceMod, InvoiceQueryRq
from qbxml.messages.receive_payment import AppliedToTxnAdd, ReceivePaymentAdd, ReceivePaymentQueryRq
from qbxml.messages.sales_receipt import SalesReceiptAdd, SalesReceiptLineAdd, SalesReceiptLineMod, SalesReceiptMod
from qbxml.messages.transaction import TxnDeletedQueryRq, TxnDelRq, TxnDelType, TxnVoidRq, TxnVoidType
from qbxml.shared import SetCredit

from .asking import ask, clock_of, company, done, invoice, line, name

D = Decimal


@pytest.fixture
def books() -> CompanyFile:
    return company()


def pay(total: str, *applied: AppliedToTxnAdd, customer: str = "Kern Lighting", **fields: Any) -> ReceivePaymentAdd:
    if not applied:
        fields.setdefault("is_auto_apply", True)
    fields.setdefault("txn_date", date(2026, 3, 1))
    return ReceivePaymentAdd(customer=name(customer), total_amount=D(total), applied_to_txn_adds=applied, **fields)


def to(made: Any, amount: str, **fields: Any) -> AppliedToTxnAdd:
    return AppliedToTxnAdd(txn_id=made.txn_id, payment_amount=D(amount), **fields)


def shown(books: CompanyFile, made: Any) -> Any:
    return done(books, InvoiceQueryRq(txn_ids=(made.txn_id,), include_linked_txns=True, include_line_items=True))


def credit(books: CompanyFile, amount: str) -> Any:
    lines = (CreditMemoLineAdd(item=name("Seat"), amount=D(amount)),)
    return done(books, CreditMemoAdd(customer=name("Kern Lighting"), txn_date=date(2026, 3, 1), lines=lines))


# -- payments --------------------------------------------------------------------------------------


def test_a_payment_reduces_what_is_due(books: CompanyFile) -> None:
    made = done(books, invoice())
    payment = done(books, pay("60.00", to(made, "60.00"), ref_number="CHK 12"))
    after = shown(books, made)
    assert (after.applied_amount, after.balance_remaining, after.is_paid) == (D("-60.00"), D("40.00"), False)
    link = after.linked_txns[0]
    assert (link.txn_id, link.txn_type, link.amount, link.ref_number) == (
        payment.txn_id,
        "ReceivePayment",
        D("-60.00"),
        "CHK 12",
    )
    applied = payment.applied_to_txn_rets[0]
    assert (applied.txn_id, applied.amount, applied.balance_remaining) == (made.txn_id, D("60.00"), D("40.00"))
    assert payment.unused_payment == 0
    assert books.trial_balance() == {
        "Accounts Receivable": D("40.00"),
        "Service Income": D("-100.00"),
        "Undeposited Funds": D("60.00"),
    }
    done(books, pay("40.00", to(made, "40.00")))
    assert shown(books, made).is_paid is True


def test_paying_more_than_is_due_is_refused(books: CompanyFile) -> None:
    made = done(books, invoice())
    got = ask(books, pay("129.43", to(made, "129.43")))
    assert got.code == 3210
    assert got.message == (
        'The "AppliedToTxnAdd payment amount" field has an invalid value "129.43".  '
        "QuickBooks error message: You cannot pay more than the amount due."
    )
    assert ask(books, pay("100.00", to(made, "60.00"), to(made, "50.00"))).code == 3210
    assert ask(books, pay("10.00", to(made, "60.00"))).code == 3210
    assert books.payments == []
    assert shown(books, made).balance_remaining == D("100.00")


def test_what_is_left_of_a_payment_stays_with_the_customer(books: CompanyFile) -> None:
    made = done(books, invoice())
    payment = done(books, pay("150.00", to(made, "100.00")))
    assert payment.unused_payment == D("50.00")
    assert books.balance_of("Kern Lighting") == D("-50.00")


def test_auto_apply_takes_the_oldest_first_jobs_included(books: CompanyFile) -> None:
    later = done(books, invoice(txn_date=date(2026, 2, 10)))
    oldest = done(books, invoice(txn_date=date(2026, 1, 10), customer="Kern Lighting:Showroom"))
    payment = done(books, pay("120.00"))
    assert [(one.txn_id, one.amount) for one in payment.applied_to_txn_rets] == [
        (oldest.txn_id, D("100.00")),
        (later.txn_id, D("20.00")),
    ]
    assert done(books, pay("5.00", is_auto_apply=False)).applied_to_txn_rets == ()


def test_an_invoice_of_somebody_else_cannot_be_paid(books: CompanyFile) -> None:
    made = done(books, invoice(customer="Bluebird Cafe"))
    assert ask(books, pay("10.00", to(made, "10.00"))).code == 3210
    gone = AppliedToTxnAdd(txn_id="FFFF-1", payment_amount=D("1.00"))
    assert ask(books, pay("10.00", gone)).code == 3120


def test_a_discount_settles_the_rest(books: CompanyFile) -> None:
    made = done(books, invoice())
    one = to(made, "98.00", discount_amount=D("2.00"), discount_account=name("Sales Discounts"))
    done(books, pay("98.00", one))
    assert shown(books, made).is_paid is True
    assert books.trial_balance() == {
        "Sales Discounts": D("2.00"),
        "Service Income": D("-100.00"),
        "Undeposited Funds": D("98.00"),
    }
    done(books, TxnVoidRq(txn_void_type=TxnVoidType.INVOICE, txn_id=made.txn_id))
    assert books.trial_balance() == {"Accounts Receivable": D("-98.00"), "Undeposited Funds": D("98.00")}


def test_a_payment_counts_as_a_change_of_the_invoice(books: CompanyFile) -> None:
    made = done(books, invoice())
    clock_of(books).forward()
    done(books, pay("10.00", to(made, "10.00")))
    assert ask(books, InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="x")).code == 3200
    calm = company(switches=Switches(payment_changes_edit_sequence=False))
    made = done(calm, invoice())
    clock_of(calm).forward()
    done(calm, pay("10.00", to(made, "10.00")))
    assert ask(calm, InvoiceMod(txn_id=made.txn_id, edit_sequence=made.edit_sequence, memo="x")).code == 0


def test_a_paid_invoice_keeps_its_customer_and_at_least_what_was_paid(books: CompanyFile) -> None:
    made = done(books, invoice(line(amount="100.00"), line(amount="1.00")))
    done(books, pay("60.00", to(made, "60.00")))
    sequence = shown(books, made).edit_sequence
    other = InvoiceMod(txn_id=made.txn_id, edit_sequence=sequence, customer=name("Bluebird Cafe"))
    assert ask(books, other).code == 3210
    less = InvoiceMod(
        txn_id=made.txn_id,
        edit_sequence=sequence,
        lines=(InvoiceLineMod(txn_line_id=made.lines[1].txn_line_id),),
    )
    assert ask(books, less).code == 3210
    assert ask(books, InvoiceMod(txn_id=made.txn_id, edit_sequence=sequence, memo="fine")).code == 0


# -- credits ---------------------------------------------------------------------------------------


def test_a_credit_is_used_on_a_new_invoice(books: CompanyFile) -> None:
    memo = credit(books, "30.00")
    made = done(books, invoice(set_credits=(SetCredit(credit_txn_id=memo.txn_id, applied_amount=D("30.00")),)))
    assert shown(books, made).balance_remaining == D("70.00")
    assert books.credit_memos[0].unused == 0
    again = invoice(set_credits=(SetCredit(credit_txn_id=memo.txn_id, applied_amount=D("0.01")),))
    assert ask(books, again).code == 3210


def test_credits_alone_make_no_payment(books: CompanyFile) -> None:
    memo, made = credit(books, "30.00"), done(books, invoice())
    use = AppliedToTxnAdd(
        txn_id=made.txn_id, set_credits=(SetCredit(credit_txn_id=memo.txn_id, applied_amount=D("30.00")),)
    )
    got = ask(books, pay("0.00", use))
    assert (got.code, got.rets) == (0, [])
    assert books.payments == []
    assert shown(books, made).balance_remaining == D("70.00")


def test_a_deleted_payment_gives_its_credits_back(books: CompanyFile) -> None:
    memo, made = credit(books, "30.00"), done(books, invoice())
    use = to(made, "70.00", set_credits=(SetCredit(credit_txn_id=memo.txn_id, applied_amount=D("30.00")),))
    payment = done(books, pay("70.00", use))
    assert shown(books, made).is_paid is True
    done(books, TxnDelRq(txn_del_type=TxnDelType.RECEIVE_PAYMENT, txn_id=payment.txn_id))
    assert shown(books, made).balance_remaining == D("100.00")
    assert books.credit_memos[0].unused == D("30.00")


# -- deposits --------------------------------------------------------------------------------------


def deposit(*lines: DepositLineAdd, **fields: Any) -> DepositAdd:
    return DepositAdd(txn_date=date(2026, 3, 2), deposit_to_account=name("Checking"), deposit_line_adds=lines, **fields)


def test_a_deposit_takes_payments_out_of_undeposited_funds(books: CompanyFile) -> None:
    made = done(books, invoice())
    payment = done(books, pay("100.00", to(made, "100.00")))
    receipt = done(books, SalesReceiptAdd(lines=(SalesReceiptLineAdd(item=name("Seat"), amount=D("12.00")),)))
    ret = done(
        books,
        deposit(
            DepositLineAdd(payment_txn_id=payment.txn_id),
            DepositLineAdd(payment_txn_id=receipt.txn_id),
            DepositLineAdd(account=name("Merchant Fees"), amount=D("-3.10"), memo="fee"),
            cash_back_info_add=CashBackInfoAdd(account=name("Owner's Equity"), amount=D("8.00")),
        ),
    )
    assert ret.deposit_total == D("100.90")
    assert [one.txn_type for one in ret.deposit_line_rets] == ["ReceivePayment", "SalesReceipt", None]
    assert books.trial_balance() == {
        "Checking": D("100.90"),
        "Merchant Fees": D("3.10"),
        "Owner's Equity": D("8.00"),
        "Service Income": D("-112.00"),
    }
    assert ask(books, deposit(DepositLineAdd(payment_txn_id=payment.txn_id))).code == 3210
    got = ask(books, TxnVoidRq(txn_void_type=TxnVoidType.SALES_RECEIPT, txn_id=receipt.txn_id))
    assert got.code == 3185
    assert ask(books, TxnDelRq(txn_del_type=TxnDelType.RECEIVE_PAYMENT, txn_id=payment.txn_id)).code == 3160
    done(books, TxnDelRq(txn_del_type=TxnDelType.DEPOSIT, txn_id=ret.txn_id))
    assert books.trial_balance()["Undeposited Funds"] == D("112.00")
    assert ask(books, TxnDelRq(txn_del_type=TxnDelType.RECEIVE_PAYMENT, txn_id=payment.txn_id)).code == 0


def test_the_total_of_a_deposit_must_be_positive(books: CompanyFile) -> None:
    plus = DepositLineAdd(account=name("Sales"), amount=D("5.00"))
    minus = DepositLineAdd(account=name("Merchant Fees"), amount=D("-5.00"))
    assert ask(books, deposit(plus, minus)).code == 3210
    assert ask(books, deposit(minus)).code == 3210
    assert ask(books, deposit(plus)).code == 0
    not_a_bank = DepositAdd(deposit_to_account=name("Sales"), deposit_line_adds=(plus,))
    assert ask(books, not_a_bank).code == 3210


# -- void and delete -------------------------------------------------------------------------------


def test_void_sets_everything_to_zero_and_keeps_the_number(books: CompanyFile) -> None:
    made = done(books, invoice(ref_number="77", memo="March"))
    payment = done(books, pay("60.00", to(made, "60.00")))
    clock_of(books).forward()
    ret = done(books, TxnVoidRq(txn_void_type=TxnVoidType.INVOICE, txn_id=made.txn_id))
    assert (ret.txn_void_type, ret.txn_id, ret.ref_number) == ("Invoice", made.txn_id, "77")
    assert ret.time_modified > ret.time_created
    after = shown(books, made)
    assert (after.subtotal, after.balance_remaining, after.memo) == (D("0.00"), D("0.00"), "VOID: March")
    assert (after.lines[0].amount, after.linked_txns) == (D("0.00"), ())
    assert books.invoices[0].is_void
    assert books.trial_balance() == {"Accounts Receivable": D("-60.00"), "Undeposited Funds": D("60.00")}
    left = done(books, ReceivePaymentQueryRq(txn_ids=(payment.txn_id,)))
    assert left.unused_payment == D("60.00")


def test_delete_removes_and_remembers(books: CompanyFile) -> None:
    made = done(books, invoice(ref_number="77"))
    clock_of(books).forward(60)
    delete = TxnDelRq(txn_del_type=TxnDelType.INVOICE, txn_id=made.txn_id)
    ret = done(books, delete)
    assert (ret.txn_id, ret.ref_number) == (made.txn_id, "77")
    assert books.trial_balance() == {}
    assert ask(books, InvoiceQueryRq(txn_ids=(made.txn_id,))).code == 500
    assert ask(books, delete).code == 3120
    noted = done(books, TxnDeletedQueryRq(txn_del_types=(TxnDelType.INVOICE, TxnDelType.BILL)))
    assert (noted.txn_id, noted.ref_number, noted.time_deleted) == (made.txn_id, "77", ret.time_deleted)
    assert ask(books, TxnDeletedQueryRq(txn_del_types=(TxnDelType.BILL,))).code == 1


def test_only_the_right_kind_can_be_voided_or_deleted(books: CompanyFile) -> None:
    made = done(books, invoice())
    assert ask(books, TxnVoidRq(txn_void_type=TxnVoidType.BILL, txn_id=made.txn_id)).code == 3120
    assert ask(books, TxnDelRq(txn_del_type=TxnDelType.ESTIMATE, txn_id=made.txn_id)).code == 3120


def test_the_closed_period_protects_against_void_and_delete(books: CompanyFile) -> None:
    made = done(books, invoice(txn_date=date(2026, 2, 28)))
    books.closing_date = date(2026, 2, 28)
    assert ask(books, TxnVoidRq(txn_void_type=TxnVoidType.INVOICE, txn_id=made.txn_id)).code == 3171
    assert ask(books, TxnDelRq(txn_del_type=TxnDelType.INVOICE, txn_id=made.txn_id)).code == 3161
    assert books.invoices[0].total == D("100.00")


def test_a_deposited_receipt_keeps_its_amount_and_name(books: CompanyFile) -> None:
    lines = (SalesReceiptLineAdd(item=name("Seat"), amount=D("12.00")),)
    receipt = done(books, SalesReceiptAdd(customer=name("Kern Lighting"), lines=lines))
    done(books, deposit(DepositLineAdd(payment_txn_id=receipt.txn_id)))
    sequence = books.sales_receipts[0].edit_sequence
    common: dict[str, Any] = {"txn_id": receipt.txn_id, "edit_sequence": sequence}
    line_id = receipt.lines[0].txn_line_id
    for change in (
        {"customer": name("Bluebird Cafe")},
        {"deposit_to_account": name("Savings")},
        {"lines": (SalesReceiptLineMod(txn_line_id=line_id, amount=D("13.00")),)},
    ):
        got = ask(books, SalesReceiptMod(**common, **change))
        assert got.code == 3210
        assert "delete this transaction from the deposit" in got.message
    assert ask(books, SalesReceiptMod(**common, memo="fine")).code == 0


def test_payments_that_make_no_sense_are_refused(books: CompanyFile) -> None:
    made = done(books, invoice())
    assert ask(books, pay("0.00")).code == 3180
    assert ask(books, pay("-1.00")).code == 3210
    assert ask(books, pay("5.00", to(made, "-5.00"))).code == 3210
    assert ask(books, pay("5.00", to(made, "5.00", discount_amount=D("1.00")))).code == 3150
    memo = credit(books, "5.00")
    other = done(books, invoice(customer="Bluebird Cafe"))
    use = to(other, "1.00", set_credits=(SetCredit(credit_txn_id=memo.txn_id, applied_amount=D("1.00")),))
    assert ask(books, pay("1.00", use, customer="Bluebird Cafe")).code == 3210
    much = invoice(line(amount="1.00"), set_credits=(SetCredit(credit_txn_id=memo.txn_id, applied_amount=D("2.00")),))
    assert ask(books, much).code == 3210
    assert ask(books, deposit(DepositLineAdd(payment_txn_id=made.txn_id))).code == 3120
    assert (len(books.payments), len(books.invoices)) == (0, 2)
