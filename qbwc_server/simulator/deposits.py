"""Bank deposits: payments held so far in undeposited funds, lines on other accounts, and what is kept in cash."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qbwc_server.simulator import headers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.refusals import OK, Refused, Remark, cannot_save, missing, unknown_object, wrong_value
from qbwc_server.simulator.shapes import Values, build, copied, lines_of, message_class, values_of
from qbwc_server.simulator.transactions import TXN_KINDS, Transaction
from qbxml.messages.deposit import ReceivePaymentToDepositRet
from qbxml.shared import TxnType

DEPOSITABLE = ("ReceivePayment", "SalesReceipt", "JournalEntry", "Check")


@dataclass
class Draft:
    """A deposit worked out and not yet in the books."""

    books: Books
    here: str = ""  # TxnID of the deposit that is being changed
    postings: list[Posting] = field(default_factory=list)
    lines: list[Values] = field(default_factory=list)
    payments: list[Transaction] = field(default_factory=list)

    def new_line(self, line: Any) -> None:
        """A line that was not there before."""
        if vars(line).get("payment_txn_id") is not None:
            self.lines.append(self._payment(line))
        else:
            self._account(headers.new_line(self.books, line, message_class("DepositLineRet"), "Deposit line"))

    def changed_line(self, old: Any, line: Any) -> None:
        """A line of before, changed or not."""
        values, _ = headers.changed_line(self.books, old, line, "Deposit line")
        if not old.txn_id:
            self._account(values)
            return
        for name, override in (("memo", "override_memo"), ("check_number", "override_check_number")):
            if override in vars(line):
                values[name] = vars(line)[override]
        payment = self.books.transactions.get(old.txn_id)
        if payment is None:
            raise unknown_object(old.txn_id)
        self._hold(payment)
        self.lines.append(values)

    def _payment(self, line: Any) -> Values:
        payment = self.books.transactions.get(line.payment_txn_id)
        if payment is None or payment.kind.tag not in DEPOSITABLE:
            raise unknown_object(line.payment_txn_id)
        source = payment.values.get("deposit_to_account")
        funds = self.books.special("UndepositedFunds")
        elsewhere = payment.deposited_in and payment.deposited_in != self.here
        if elsewhere or payment in self.payments or source is None or source.list_id != funds.list_id:
            raise wrong_value("PaymentTxnID", line.payment_txn_id, "The payment is not in Undeposited Funds.")
        self._hold(payment)
        shown: Values = {
            "txn_type": payment.kind.tag,
            "txn_id": payment.txn_id,
            "account": funds.ref,
            "memo": line.override_memo or payment.values.get("memo"),
            "check_number": line.override_check_number or (payment.ref_number[:11] or None),
            "payment_method": payment.values.get("payment_method"),
            "amount": payment.total,
            "entity": payment.entity,
        }
        return {name: value for name, value in shown.items() if value is not None}

    def _hold(self, payment: Transaction) -> None:
        self.payments.append(payment)
        self.postings.append(Posting(self.books.special("UndepositedFunds").list_id, -payment.total))

    def _account(self, shown: Values) -> None:
        if "account" not in shown:
            raise missing("AccountRef", "Deposit line")
        shown.setdefault("amount", ZERO)
        account = self.books.lists.entry(shown["account"].list_id)
        entity = shown.get("entity")
        self.postings.append(Posting(account.list_id, -shown["amount"], entity.list_id if entity else ""))
        self.lines.append(shown)

    def finish(self, values: Values, back: Any) -> Decimal:
        """Cash back and the bank's side; returns the total, which must be above zero."""
        bank = self.books.lists.entry(values["deposit_to_account"].list_id)
        if bank.value("account_type") not in ("Bank", "OtherCurrentAsset"):
            raise wrong_value("DepositToAccountRef", bank.full_name, "A deposit needs a bank account.")
        if not self.lines:
            raise cannot_save("Deposit", "You cannot save an empty transaction.")
        total = -sum((posting.amount for posting in self.postings), ZERO)
        if back:
            total -= back["amount"]
            self.postings.append(Posting(back["account"].list_id, back["amount"]))
            back.setdefault("txn_line_id", headers.new_line_id(self.books))
            values["cash_back_info_ret"] = build(message_class("CashBackInfoRet"), back)
        self.books.check_total(total, "Deposit", positive=True)
        self.postings.append(Posting(bank.list_id, total))
        values["deposit_total"] = total
        return total

    def identified(self) -> tuple[Any, ...]:
        """The lines as typed aggregates; new ones get their ids."""
        for shown in self.lines:
            shown.setdefault("txn_line_id", headers.new_line_id(self.books))
        return tuple(build(message_class("DepositLineRet"), shown) for shown in self.lines)


def add(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Enter a deposit.

    Raises:
        Refused: nothing was entered.
    """
    values = headers.new_header(books, tag, message)
    _check_features(books, values)
    draft = Draft(books)
    for line in lines_of(message):
        draft.new_line(line)
    total = draft.finish(values, _cash_back(books, vars(message).get("cash_back_info_add"), {}))
    books.stamp_new(values)
    txn = Transaction(TXN_KINDS[tag], values, total=total, postings=tuple(draft.postings))
    txn.lines = draft.identified()
    books.enter(txn)
    _take(books, txn, draft.payments)
    return txn, OK


def modify(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Change a deposit as a Mod says; payments that it holds no longer lie in undeposited funds again.

    Raises:
        Refused: nothing was changed.
    """
    amended = headers.changed_header(books, tag, message)
    if headers.is_header_of_void(amended, message):
        return headers.save_header(books, amended), OK
    txn, values = amended.txn, amended.values
    _check_features(books, values)
    before = {line.txn_line_id: line for line in txn.lines}
    draft = Draft(books, here=txn.txn_id)
    for line in lines_of(message) or txn.lines:
        old = headers.old_line(before, line)
        if old is None:
            draft.new_line(line)
        else:
            draft.changed_line(old, line)
    held = values.pop("cash_back_info_ret", None)
    back = _cash_back(books, vars(message).get("cash_back_info_mod"), values_of(held) if held is not None else {})
    total = draft.finish(values, back)
    shown = draft.identified()
    release(books, txn, keep=draft.payments)
    headers.save_changed(books, amended, lines=shown, total=total, postings=draft.postings)
    _take(books, txn, draft.payments)
    return txn, OK


def _check_features(books: Books, values: Values) -> None:
    if "exchange_rate" in values or "currency" in values:
        books.require(books.facts.multi_currency)


def _cash_back(books: Books, asked: Any, held: Values) -> Values:
    """The fields of the cash kept back; nothing where none is."""
    if asked is None:
        return held
    values = {**held, **copied(asked, message_class("CashBackInfoRet"))}
    books.resolve_all(values, "CashBackInfo")
    if "account" not in values:
        raise missing("AccountRef", "CashBackInfo")
    values.setdefault("amount", ZERO)
    return values


def waiting(books: Books) -> list[Transaction]:
    """Payments that lie in undeposited funds, in the order in which they were entered."""
    funds = books.special("UndepositedFunds").list_id
    return [
        txn
        for tag in ("ReceivePayment", "SalesReceipt")
        for txn in books.transactions.of(tag)
        if txn.total and not txn.deposited_in and _lies_in(txn, funds)
    ]


def _lies_in(txn: Transaction, account: str) -> bool:
    source = txn.values.get("deposit_to_account")
    return source is not None and source.list_id == account


def waiting_ret(txn: Transaction) -> ReceivePaymentToDepositRet:
    """One of them as it is told."""
    values: dict[str, Any] = {
        "txn_id": txn.txn_id,
        "txn_type": TxnType(txn.kind.tag),
        "customer": txn.entity,
        "txn_date": txn.txn_date,
        "ref_number": txn.ref_number or None,
        "amount": txn.total,
    }
    return ReceivePaymentToDepositRet(**values)


def _take(books: Books, deposit: Transaction, payments: Iterable[Transaction]) -> None:
    for payment in payments:
        if payment.deposited_in != deposit.txn_id:
            payment.deposited_in = deposit.txn_id
            books.touch(payment, counts_as_change=books.switches.payment_changes_edit_sequence)


def release(books: Books, txn: Transaction, keep: Iterable[Transaction] = ()) -> None:
    """The payments of a deposit that is changed, voided or deleted lie in undeposited funds again."""
    kept = {payment.txn_id for payment in keep}
    for line in txn.lines if txn.kind.tag == "Deposit" else ():
        payment = books.transactions.get(line.txn_id) if line.txn_id and line.txn_id not in kept else None
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
