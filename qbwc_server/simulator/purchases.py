"""Money going out and goods coming in: checks, card charges, bills, vendor credits, item receipts, purchase orders."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qbwc_server.simulator import headers
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import ZERO, Posting
from qbwc_server.simulator.purchase_kinds import PURCHASE_KINDS, PurchaseKind
from qbwc_server.simulator.purchase_lines import PurchaseLines
from qbwc_server.simulator.refusals import OK, Remark, cannot_save, unknown_object, wrong_value
from qbwc_server.simulator.sales_header import address_block, due_date
from qbwc_server.simulator.shapes import Values, lines_of
from qbwc_server.simulator.transactions import TXN_KINDS, Application, Transaction


@dataclass
class Draft:
    """A purchase worked out and not yet in the books."""

    lines: PurchaseLines
    postings: list[Posting] = field(default_factory=list)
    total: Decimal = ZERO


def add(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Enter a check, charge, credit, bill, vendor credit, item receipt or purchase order.

    Raises:
        Refused: nothing was entered.
    """
    kind = PURCHASE_KINDS[tag]
    _check_features(books, message)
    values = headers.new_header(books, tag, message)
    if kind.account_field == "ap_account":
        values.setdefault("ap_account", books.special("AccountsPayable").ref)
    if kind.has_due_date:
        due_date(books, values)
    lines = PurchaseLines(books, kind)
    lines.take(lines_of(message))
    if not lines.found and not getattr(message, "apply_check_to_txn_adds", ()):
        raise cannot_save(tag, "You cannot save an empty transaction.")
    draft = Draft(lines)
    applications = _applied(books, message, draft) if tag == "Check" else []
    _work_out(books, kind, values, draft)
    _number(books, kind, values)
    _defaults(kind, values)
    txn = Transaction(TXN_KINDS[tag], values, total=draft.total)
    txn.postings, txn.stock = tuple(draft.postings), tuple(lines.moves)
    books.stamp_new(values)
    txn.lines = lines.identified(txn.line_accounts)
    books.enter(txn)
    _link_bills(books, txn, applications)
    return txn, OK


def modify(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Change a purchase as a Mod says; without a line element of a sort the lines of that sort stay.

    Raises:
        Refused: nothing was changed.
    """
    kind = PURCHASE_KINDS[tag]
    _check_features(books, message)
    amended = headers.changed_header(books, tag, message)
    if headers.is_header_of_void(amended, message):
        return headers.save_header(books, amended), OK
    txn, values = amended.txn, amended.values
    lines = PurchaseLines(books, kind, txn)
    lines.change(
        lines_of(message),
        clear_expenses=bool(getattr(message, "clear_expense_lines", False)),
        clear_items=bool(getattr(message, "clear_item_lines", False)),
    )
    if not lines.found and not txn.applications:
        raise cannot_save(tag, "You cannot save an empty transaction.")
    draft = Draft(lines)
    for one in txn.applications:
        if one.source == txn.txn_id and (bill := books.transactions.get(one.target)) is not None:
            _pay(draft, bill, one.amount)
    _work_out(books, kind, values, draft)
    headers.check_applied(txn, draft.total)
    _defaults(kind, values)
    accounts: dict[str, str] = {}
    shown = lines.identified(accounts)
    headers.save_changed(
        books,
        amended,
        lines=shown,
        total=draft.total,
        postings=draft.postings,
        stock=tuple(lines.moves),
        line_accounts=accounts,
    )
    return txn, OK


def _work_out(books: Books, kind: PurchaseKind, values: Values, draft: Draft) -> None:
    """Total and postings from the lines; an account of the wrong type is refused."""
    draft.total += draft.lines.total
    books.check_total(draft.total, kind.tag)
    values[kind.total_field] = draft.total
    if not TXN_KINDS[kind.tag].posts:
        draft.postings.clear()
        draft.lines.moves.clear()
        return
    account = books.lists.entry(values[kind.account_field].list_id)
    if account.value("account_type") != kind.account_type:
        raise wrong_value(
            "AccountRef", account.full_name, f"A {kind.tag} needs an account of type {kind.account_type}."
        )
    draft.postings.extend(draft.lines.postings)
    vendor = values.get("vendor")
    of_vendor = vendor.list_id if kind.account_type == "AccountsPayable" and vendor is not None else ""
    draft.postings.append(Posting(account.list_id, -kind.sign * draft.total, of_vendor))


def _defaults(kind: PurchaseKind, values: Values) -> None:
    for name in ("address", "vendor_address", "ship_address"):
        if (block := address_block(values.get(name))) is not None:
            values[f"{name}_block"] = block
        else:
            values.pop(f"{name}_block", None)
    if kind.tag in ("Check", "PurchaseOrder"):
        values.setdefault("is_to_be_printed", False)
    if kind.tag == "PurchaseOrder":
        values.setdefault("is_manually_closed", False)
        values.setdefault("is_fully_received", False)


def _check_features(books: Books, message: Any) -> None:
    if "exchange_rate" in vars(message):
        books.require(books.facts.multi_currency)
    if "class_" in vars(message) or any("class_" in vars(line) for line in lines_of(message)):
        books.require(books.facts.class_tracking)
    if vars(message).get("link_to_txn_ids") or any("link_to_txn" in vars(line) for line in lines_of(message)):
        books.require(False)


def _number(books: Books, kind: PurchaseKind, values: Values) -> None:
    if TXN_KINDS[kind.tag].draws_numbers and not values.get("is_to_be_printed"):
        series = values[kind.account_field].list_id if kind.tag == "Check" else kind.tag
        books.number(kind.tag, values, series)
    elif not values.get("ref_number"):
        values.pop("ref_number", None)


def _applied(books: Books, message: Any, draft: Draft) -> list[Application]:
    """Bills that a check pays."""
    found = []
    for one in getattr(message, "apply_check_to_txn_adds", None) or ():
        bill = books.transactions.get(one.txn_id)
        if bill is None or bill.kind.owes != "vendor":
            raise unknown_object(one.txn_id)
        amount = one.amount if one.amount is not None else bill.balance
        if amount < 0 or amount > bill.balance:
            raise wrong_value("ApplyCheckToTxnAdd amount", amount, "You cannot pay more than the amount due.")
        found.append(Application("", bill.txn_id, amount))
        _pay(draft, bill, amount)
    return found


def _pay(draft: Draft, bill: Transaction, amount: Decimal) -> None:
    draft.postings.append(Posting(bill.values["ap_account"].list_id, amount, bill.entity_id))
    draft.total += amount


def _link_bills(books: Books, check: Transaction, applications: list[Application]) -> None:
    for application in applications:
        application.source = check.txn_id
        check.applications.append(application)
        if (bill := books.transactions.get(application.target)) is not None:
            bill.applications.append(application)
            books.touch(bill, counts_as_change=books.switches.payment_changes_edit_sequence)
