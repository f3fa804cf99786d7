"""Payments of customers, and credits: what is applied to what, and what remains."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbwc_server.simulator import currencies, headers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.refusals import OK, Remark, cannot_save, missing, unknown_object, wrong_value
from qbwc_server.simulator.shapes import Values
from qbwc_server.simulator.transactions import TXN_KINDS, Application, Transaction

OVERPAID = "You cannot pay more than the amount due."


@dataclass(frozen=True)
class PaymentPlan:
    """A checked payment that has not been entered: what it will be applied to."""

    applications: tuple[Application, ...]
    credits: tuple[Application, ...]  # credit memos used in it


def add(books: Books, tag: str, message: Any) -> tuple[Transaction | None, Remark]:
    """Enter a customer's payment; no transaction at all where only credits are used.

    Raises:
        Refused: nothing was entered.
    """
    values = headers.new_header(books, tag, message)
    if "exchange_rate" in values:
        books.require(books.facts.multi_currency)
    customer = books.lists.entry(values["customer"].list_id)
    account_given = "ar_account" in values
    values.setdefault("ar_account", books.special("AccountsReceivable").ref)
    currencies.settle(books, values, tag, account_given=account_given)
    values.setdefault("deposit_to_account", books.special("UndepositedFunds").ref)
    total = _total(values)
    plan = _plan(books, message, customer, total)
    if not total and plan.credits:
        for credit in plan.credits:
            _link(books, credit)
        return None, OK
    if not total:
        raise cannot_save(tag, "You cannot save an empty transaction.")
    if not values.get("ref_number"):
        values.pop("ref_number", None)
    books.stamp_new(values)
    txn = Transaction(TXN_KINDS[tag], values, total=total)
    txn.postings = tuple(currencies.at_home(list(_payment_postings(values, customer, total, plan)), values))
    books.enter(txn)
    _link_all(books, txn, plan)
    return txn, OK


def modify(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Change a payment as a Mod says; with a list of what it is applied to, what is not in the list is let go.

    Raises:
        Refused: nothing was changed.
    """
    amended = headers.changed_header(books, tag, message)
    txn, values = amended.txn, amended.values
    total = _total(values) if not txn.is_void else ZERO
    own = [one for one in txn.applications if one.source == txn.txn_id]
    credits_used = [
        one
        for memo in books.transactions.of("CreditMemo")
        for one in memo.applications
        if one.via == txn.txn_id and one.source == memo.txn_id
    ]
    wanted = vars(message).get("applied_to_txn_mods") or ()
    customer = books.lists.entry(values["customer"].list_id)
    if wanted:
        plan = _stated(books, wanted, customer, total, without=(*own, *credits_used))
    else:
        headers.check_applied(txn, total, as_source=True)
        plan = PaymentPlan(tuple(own), tuple(credits_used))
    headers.check_applied(txn, total)
    postings = _payment_postings(values, customer, total, plan)
    if wanted:
        for one in (*own, *credits_used):
            _let_go(books, one)
    at_home = currencies.at_home(list(postings), values)
    headers.save_changed(books, amended, lines=(), total=total, postings=at_home)
    if wanted:
        _link_all(books, txn, plan)
    return txn, OK


def _total(values: Values) -> Decimal:
    total: Decimal = values.setdefault("total_amount", ZERO)
    if total < 0:
        raise wrong_value("TotalAmount", total, "The amount of a payment must not be negative.")
    return total


def _link_all(books: Books, txn: Transaction, plan: PaymentPlan) -> None:
    for application in (*plan.applications, *plan.credits):
        if application.source == "":
            application.source = txn.txn_id
        else:
            application.via = txn.txn_id
        _link(books, application)


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
    if vars(message).get("applied_to_txn_adds"):
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


def _stated(
    books: Books, wanted: Iterable[Any], customer: Entry, total: Decimal, without: Iterable[Application] = ()
) -> PaymentPlan:
    """What a payment is to be applied to; ``without`` are the applications that it replaces."""
    free: defaultdict[str, Decimal] = defaultdict(Decimal)
    for before in without:
        free[before.target] += before.paid
    applications: list[Application] = []
    memos: list[Application] = []
    balances: dict[str, Decimal] = {}
    for one in wanted:
        invoice = _payable(books, one.txn_id, customer)
        balance = balances.setdefault(invoice.txn_id, invoice.balance + free[invoice.txn_id])
        discount = one.discount_amount or ZERO
        account = ""
        if discount:
            if one.discount_account is None:
                raise missing("DiscountAccountRef", "AppliedToTxnAdd")
            account = books.resolve("discount_account", one.discount_account, "AppliedToTxnAdd").list_id
        used = plan_credits(books, one.set_credits or (), invoice.txn_id, customer, memos, without)
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
    books: Books,
    wanted: Iterable[Any],
    target: str,
    customer: Entry,
    planned: Iterable[Application] = (),
    without: Iterable[Application] = (),
) -> list[Application]:
    """Check the use of credit memos for an invoice; ``target`` may be empty while the invoice has no id."""
    found: list[Application] = []
    for one in wanted:
        memo = books.find("CreditMemo", one.credit_txn_id)
        if not books.lists.descends(books.lists.entry(memo.entity_id), customer):
            raise wrong_value("CreditTxnID", one.credit_txn_id, "The credit belongs to another customer.")
        taken = sum((a.amount for a in (*planned, *found) if a.source == memo.txn_id), ZERO)
        freed = sum((a.amount for a in without if a.source == memo.txn_id), ZERO)
        if one.applied_amount < 0 or one.applied_amount + taken > memo.unused + freed:
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


def _let_go(books: Books, application: Application) -> None:
    for txn_id in {application.source, application.target}:
        other = books.transactions.get(txn_id)
        if other is not None:
            other.applications.remove(application)
            books.touch(other, counts_as_change=books.switches.payment_changes_edit_sequence)


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
