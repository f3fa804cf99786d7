"""Payments of customers, credits, deposits: what is applied to what, and what remains."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.refusals import OK, Refused, Remark, cannot_save, missing, unknown_object, wrong_value
from qbwc_server.simulator.shapes import Values, build, copied, message_class
from qbwc_server.simulator.transactions import TXN_KINDS, Application, Transaction

OVERPAID = "You cannot pay more than the amount due."
DEPOSITABLE = ("ReceivePayment", "SalesReceipt", "JournalEntry", "Check")


@dataclass(frozen=True)
class PaymentPlan:
    """A checked payment that has not been entered: what it will be applied to."""

    applications: tuple[Application, ...]
    credits: tuple[Application, ...]  # credit memos used in it


def receive(books: Books, message: Any) -> tuple[Transaction | None, Remark]:
    """Enter a customer's payment; no transaction at all where only credits are used.

    Raises:
        Refused: nothing was entered.
    """
    values = copied(message, message_class("ReceivePaymentRet"))
    if "exchange_rate" in values:
        books.require(books.facts.multi_currency)
    books.resolve_all(values, "ReceivePayment")
    values.setdefault("txn_date", books.clock.time().date())
    books.check_open(values["txn_date"], "add", "ReceivePayment")
    customer = books.lists.entry(values["customer"].list_id)
    values.setdefault("ar_account", books.special("AccountsReceivable").ref)
    values.setdefault("deposit_to_account", books.special("UndepositedFunds").ref)
    total = values.setdefault("total_amount", ZERO)
    if total < 0:
        raise wrong_value("TotalAmount", total, "The amount of a payment must not be negative.")
    plan = _plan(books, message, customer, total)
    if not total and plan.credits:
        for credit in plan.credits:
            _link(books, credit)
        return None, OK
    if not total:
        raise cannot_save("ReceivePayment", "You cannot save an empty transaction.")
    if not values.get("ref_number"):
        values.pop("ref_number", None)
    books.stamp_new(values)
    txn = Transaction(TXN_KINDS["ReceivePayment"], values, total=total)
    txn.postings = _payment_postings(values, customer, total, plan)
    books.enter(txn)
    for application in (*plan.applications, *plan.credits):
        if application.source == "":
            application.source = txn.txn_id
        else:
            application.via = txn.txn_id
        _link(books, application)
    return txn, OK


def _payment_postings(values: Values, customer: Entry, total: Decimal, plan: PaymentPlan) -> tuple[Posting, ...]:
    receivable = values["ar_account"].list_id
    postings = [
        Posting(values["deposit_to_account"].list_id, total),
        Posting(receivable, -total, customer.list_id),
    ]
    for application in plan.applications:
        if application.discount:
            postings.append(Posting(application.discount_account, application.discount))
            postings.append(Posting(receivable, -application.discount, customer.list_id))
    return tuple(postings)


def _plan(books: Books, message: Any, customer: Entry, total: Decimal) -> PaymentPlan:
    if message.applied_to_txn_adds:
        return _stated(books, message.applied_to_txn_adds, customer, total)
    if message.is_auto_apply:
        return PaymentPlan(tuple(_oldest_first(books, customer, total)), ())
    return PaymentPlan((), ())


def _oldest_first(books: Books, customer: Entry, total: Decimal) -> Iterable[Application]:
    left = total
    for invoice in sorted(open_invoices(books, customer), key=lambda txn: (txn.txn_date, txn.txn_number)):
        if left <= 0:
            return
        amount = min(left, invoice.balance)
        left -= amount
        yield Application("", invoice.txn_id, amount)


def open_invoices(books: Books, customer: Entry) -> list[Transaction]:
    """What a customer and its jobs have not paid yet."""
    return [
        txn
        for one in books.lists.family(customer)
        for txn in books.transactions.of_entity(one.list_id)
        if txn.kind.owes == "customer" and txn.balance > 0 and not txn.is_pending
    ]


def _stated(books: Books, wanted: Iterable[Any], customer: Entry, total: Decimal) -> PaymentPlan:
    applications: list[Application] = []
    memos: list[Application] = []
    balances: dict[str, Decimal] = {}
    for one in wanted:
        invoice = _payable(books, one.txn_id, customer)
        balance = balances.setdefault(invoice.txn_id, invoice.balance)
        discount = one.discount_amount or ZERO
        account = ""
        if discount:
            if one.discount_account is None:
                raise missing("DiscountAccountRef", "AppliedToTxnAdd")
            account = books.resolve("discount_account", one.discount_account, "AppliedToTxnAdd").list_id
        used = plan_credits(books, one.set_credits, invoice.txn_id, customer, memos)
        amount = one.payment_amount or ZERO
        if amount < 0 or discount < 0:
            raise wrong_value("AppliedToTxnAdd payment amount", amount, "The amount must not be negative.")
        if amount + discount + sum((credit.amount for credit in used), ZERO) > balance:
            raise wrong_value("AppliedToTxnAdd payment amount", amount, OVERPAID)
        balances[invoice.txn_id] -= amount + discount + sum((credit.amount for credit in used), ZERO)
        memos.extend(used)
        if amount or discount:
            applications.append(Application("", invoice.txn_id, amount, discount, account))
    if sum((application.amount for application in applications), ZERO) > total:
        raise wrong_value("TotalAmount", total, "The amounts applied are more than the amount of the payment.")
    return PaymentPlan(tuple(applications), tuple(memos))


def _payable(books: Books, txn_id: str, customer: Entry) -> Transaction:
    txn = books.transactions.get(txn_id)
    if txn is None or txn.kind.owes != "customer" or txn.is_pending:
        raise unknown_object(txn_id)
    owner = books.lists.entry(txn.entity_id)
    if not books.lists.descends(owner, customer):
        raise wrong_value("AppliedToTxnAdd TxnID", txn_id, "The transaction belongs to another customer.")
    return txn


def plan_credits(
    books: Books, wanted: Iterable[Any], target: str, customer: Entry, planned: Iterable[Application] = ()
) -> list[Application]:
    """Check the use of credit memos for an invoice; ``target`` may be empty while the invoice has no id."""
    found: list[Application] = []
    for one in wanted:
        memo = books.find("CreditMemo", one.credit_txn_id)
        if not books.lists.descends(books.lists.entry(memo.entity_id), customer):
            raise wrong_value("CreditTxnID", one.credit_txn_id, "The credit belongs to another customer.")
        taken = sum((a.amount for a in (*planned, *found) if a.source == memo.txn_id), ZERO)
        if one.applied_amount < 0 or one.applied_amount + taken > memo.unused:
            raise wrong_value(
                "SetCredit applied amount", one.applied_amount, "It is more than the credit that remains."
            )
        found.append(Application(memo.txn_id, target, one.applied_amount))
    return found


def use_credits(books: Books, invoice: Transaction, planned: Iterable[Application]) -> None:
    """Link checked credits to an invoice."""
    for application in planned:
        application.target = invoice.txn_id
        _link(books, application)


def _link(books: Books, application: Application) -> None:
    for txn_id in (application.source, application.target):
        txn = books.transactions.get(txn_id)
        if txn is not None:
            txn.applications.append(application)
            books.touch(txn, counts_as_change=books.switches.payment_changes_edit_sequence)


def unlink(books: Books, txn: Transaction) -> None:
    """Undo every application of a transaction that is voided or deleted."""
    for application in list(txn.applications):
        for txn_id in {application.source, application.target}:
            other = books.transactions.get(txn_id)
            if other is not None:
                other.applications.remove(application)
                if other is not txn:
                    books.touch(other, counts_as_change=books.switches.payment_changes_edit_sequence)
        if application.discount and (payment := books.transactions.get(application.source)) is not None:
            _take_back_discount(books, payment, application)
    for other in [one for one in books.transactions.of("CreditMemo") if txn.kind.tag == "ReceivePayment"]:
        for application in [one for one in other.applications if one.via == txn.txn_id]:
            other.applications.remove(application)
            if (invoice := books.transactions.get(application.target)) is not None:
                invoice.applications.remove(application)
                books.touch(invoice, counts_as_change=books.switches.payment_changes_edit_sequence)
            books.touch(other, counts_as_change=books.switches.payment_changes_edit_sequence)


def _take_back_discount(books: Books, payment: Transaction, application: Application) -> None:
    """The invoice for which a discount was given is gone: so is the discount."""
    receivable = payment.values["ar_account"].list_id
    reverse = (
        Posting(application.discount_account, -application.discount),
        Posting(receivable, application.discount, payment.entity_id),
    )
    books.amend(payment, payment.values, postings=(*payment.postings, *reverse))


# -- deposits ------------------------------------------------------------------------------------


def deposit(books: Books, message: Any) -> tuple[Transaction, Remark]:
    """Enter a deposit: payments held so far in undeposited funds, and other lines.

    Raises:
        Refused: nothing was entered.
    """
    ret = message_class("DepositRet")
    values = copied(message, ret)
    if "exchange_rate" in values or "currency" in values:
        books.require(books.facts.multi_currency)
    books.resolve_all(values, "Deposit")
    values.setdefault("txn_date", books.clock.time().date())
    books.check_open(values["txn_date"], "add", "Deposit")
    bank = books.lists.entry(values["deposit_to_account"].list_id)
    if bank.value("account_type") not in ("Bank", "OtherCurrentAsset"):
        raise wrong_value("DepositToAccountRef", bank.full_name, "A deposit needs a bank account.")
    postings: list[Posting] = []
    lines: list[Values] = []
    payments: list[Transaction] = []
    for line in message.deposit_line_adds:
        if line.payment_txn_id is not None:
            payments.append(_payment_line(books, line, postings, lines, payments))
        else:
            _other_line(books, line, postings, lines)
    total = -sum((posting.amount for posting in postings), ZERO)
    if (back := message.cash_back_info_add) is not None:
        account = books.resolve("account", back.account, "CashBackInfo")
        amount = back.amount or ZERO
        total -= amount
        postings.append(Posting(account.list_id, amount))
        values["cash_back_info_ret"] = {"account": account.ref, "memo": back.memo, "amount": amount}
    books.check_total(total, "Deposit", positive=True)
    postings.append(Posting(bank.list_id, total))
    values["deposit_total"] = total
    books.stamp_new(values)
    if "cash_back_info_ret" in values:
        held = {name: value for name, value in values["cash_back_info_ret"].items() if value is not None}
        held["txn_line_id"] = books.counters.txn_id(books.clock.time())
        values["cash_back_info_ret"] = build(message_class("CashBackInfoRet"), held)
    for shown in lines:
        shown["txn_line_id"] = books.counters.txn_id(books.clock.time())
    txn = Transaction(TXN_KINDS["Deposit"], values, total=total, postings=tuple(postings))
    txn.lines = tuple(build(message_class("DepositLineRet"), shown) for shown in lines)
    books.enter(txn)
    for payment in payments:
        payment.deposited_in = txn.txn_id
        books.touch(payment, counts_as_change=books.switches.payment_changes_edit_sequence)
    return txn, OK


def _payment_line(
    books: Books, line: Any, postings: list[Posting], lines: list[Values], taken: list[Transaction]
) -> Transaction:
    payment = books.transactions.get(line.payment_txn_id)
    if payment is None or payment.kind.tag not in DEPOSITABLE:
        raise unknown_object(line.payment_txn_id)
    source = payment.values.get("deposit_to_account")
    funds = books.special("UndepositedFunds")
    if payment.deposited_in or payment in taken or source is None or source.list_id != funds.list_id:
        raise wrong_value("PaymentTxnID", line.payment_txn_id, "The payment is not in Undeposited Funds.")
    postings.append(Posting(funds.list_id, -payment.total))
    shown: Values = {
        "txn_type": payment.kind.tag,
        "txn_id": payment.txn_id,
        "account": funds.ref,
        "memo": line.override_memo or payment.values.get("memo"),
        "check_number": line.override_check_number or (payment.ref_number[:11] or None),
        "payment_method": payment.values.get("payment_method"),
        "amount": payment.total,
    }
    if payment.entity is not None:
        shown["entity"] = payment.entity
    lines.append({name: value for name, value in shown.items() if value is not None})
    return payment


def _other_line(books: Books, line: Any, postings: list[Posting], lines: list[Values]) -> None:
    shown = copied(line, message_class("DepositLineRet"))
    books.resolve_all(shown, "Deposit line")
    if "account" not in shown:
        raise missing("AccountRef", "Deposit line")
    shown.setdefault("amount", ZERO)
    entity = shown.get("entity")
    postings.append(Posting(shown["account"].list_id, -shown["amount"], entity.list_id if entity else ""))
    lines.append(shown)


def release(books: Books, txn: Transaction) -> None:
    """The payments of a deposit that is voided or deleted lie in undeposited funds again."""
    for line in txn.lines if txn.kind.tag == "Deposit" else ():
        payment = books.transactions.get(line.txn_id) if line.txn_id else None
        if payment is not None and payment.deposited_in == txn.txn_id:
            payment.deposited_in = ""
            books.touch(payment, counts_as_change=books.switches.payment_changes_edit_sequence)


def refuse_if_deposited(txn: Transaction, verb: str) -> None:
    """A payment that lies in a deposit can be neither voided nor deleted."""
    if txn.deposited_in:
        code = 3160 if verb == "delete" else 3185
        raise Refused(
            code,
            f"Cannot {verb} the object specified by the id = {txn.txn_id}.",
            "You need to delete this transaction from the deposit before you can change it.",
        )
