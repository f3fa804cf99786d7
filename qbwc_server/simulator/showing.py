"""How list elements and transactions look in answers: the typed Ret of each, and its text."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from qbwc_server.simulator import extensions
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import FIVE_PLACES, ZERO
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.shapes import Values, build, line_fields, message_class
from qbwc_server.simulator.transactions import Application, Transaction
from qbxml.messages.item import ItemGroupLine
from qbxml.messages.receive_payment import AppliedToTxnRet
from qbxml.messages.transaction import TransactionRet
from qbxml.rendering import render
from qbxml.shared import LinkedTxn

CREDIT_NORMAL = frozenset(
    {
        *("AccountsPayable", "CreditCard", "Equity", "Income", "LongTermLiability"),
        *("OtherCurrentLiability", "OtherIncome"),
    }
)


def list_ret(books: Books, entry: Entry, owners: Iterable[UUID] = ()) -> Any:
    """The Ret of a list element as it stands now."""
    values: Values = {
        **entry.values,
        "list_id": entry.list_id,
        "time_created": entry.time_created,
        "time_modified": entry.time_modified,
        "edit_sequence": entry.edit_sequence,
        "name": entry.name,
        "full_name": entry.full_name,
        "is_active": entry.is_active,
        "sublevel": entry.sublevel,
    }
    if entry.parent is not None:
        values["parent"] = entry.parent.ref
    tag = entry.kind.tag
    if tag == "Account":
        values["balance"], values["total_balance"] = _account_balances(books, entry)
    elif tag in ("Customer", "Vendor"):
        values["balance"] = books.owed(entry)
        if tag == "Customer":
            values["total_balance"] = sum((books.owed(one) for one in books.lists.family(entry)), ZERO)
            values.setdefault("job_status", "None")
    elif tag == "ItemInventory":
        values["quantity_on_hand"] = entry.quantity
        values["average_cost"] = entry.average_cost.quantize(FIVE_PLACES)
        values["quantity_on_order"] = values["quantity_on_sales_order"] = Decimal(0)
    elif tag == "Template":
        values.setdefault("template_type", "Invoice")
    elif tag == "SalesRep":
        values["initial"] = entry.name
    elif tag == "ItemGroup":
        values["item_group_lines"] = tuple(
            ItemGroupLine(item=books.lists.entry(item).ref, quantity=quantity) for item, quantity in entry.members
        )
        values.setdefault("is_print_items_in_group", True)
    values["data_ext_rets"] = extensions.shown(books, entry.list_id, owners)
    return build(message_class(f"{tag}Ret"), values)


def account_balance(books: Books, entry: Entry) -> Decimal:
    """As QuickBooks shows it: liabilities, equity and income positive when in credit."""
    balance = books.ledger.balance(entry.list_id)
    return -balance if entry.value("account_type") in CREDIT_NORMAL else balance


def _account_balances(books: Books, entry: Entry) -> tuple[Decimal, Decimal]:
    total = sum((account_balance(books, one) for one in books.lists.family(entry)), ZERO)
    return account_balance(books, entry), total


def txn_text(
    books: Books,
    txn: Transaction,
    *,
    lines: bool = True,
    links: bool = False,
    owners: tuple[UUID, ...] = (),
) -> str:
    """The Ret of a transaction as XML; kept until the transaction changes."""
    if owners and txn.txn_id in books.extensions:
        return render(txn_ret(books, txn, lines=lines, links=links, owners=owners))
    key = (lines, links)
    if (text := txn.rendered.get(key)) is None:
        text = txn.rendered[key] = render(txn_ret(books, txn, lines=lines, links=links))
    return text


def txn_ret(
    books: Books,
    txn: Transaction,
    *,
    lines: bool = True,
    links: bool = False,
    owners: tuple[UUID, ...] = (),
) -> Any:
    """The Ret of a transaction as it stands now."""
    values = dict(txn.values)
    tag = txn.kind.tag
    if lines:
        _show_lines(txn, values)
    if tag == "Invoice":
        values["applied_amount"] = -txn.applied_as_target
        values["balance_remaining"] = txn.balance
        values["is_paid"] = txn.balance == 0
    elif tag == "Bill":
        values["is_paid"] = txn.balance == 0
        values["open_amount"] = txn.balance
    elif tag == "CreditMemo":
        values["credit_remaining"] = txn.unused
    elif tag == "VendorCredit":
        values["open_amount"] = txn.unused
    elif tag == "Transfer":
        for end in ("from", "to"):
            account = books.lists.entry(values[f"transfer_{end}_account"].list_id)
            values[f"{end}_account_balance"] = account_balance(books, account)
    elif tag == "ARRefundCreditCard":
        values["refund_applied_to_txn_rets"] = tuple(_refunded(books, one) for one in txn.applications)
    elif tag == "ReceivePayment":
        values["unused_payment"] = txn.unused
        values["unused_credits"] = ZERO
        values["applied_to_txn_rets"] = tuple(
            _applied(books, one) for one in txn.applications if one.source == txn.txn_id
        )
    if links and tag != "ReceivePayment":
        values["linked_txns"] = tuple(link for one in txn.applications if (link := _link(books, txn, one)) is not None)
    if owners:
        values["data_ext_rets"] = extensions.shown(books, txn.txn_id, owners)
    return build(message_class(f"{tag}Ret"), values)


def _show_lines(txn: Transaction, values: Values) -> None:
    fields = line_fields(message_class(f"{txn.kind.tag}Ret"))
    for name in set(fields.values()):
        values[name] = tuple(line for line in txn.lines if fields.get(type(line).__name__) == name)


def _applied(books: Books, application: Application) -> AppliedToTxnRet:
    target = books.transactions.get(application.target)
    values: Values = {
        "txn_id": application.target,
        "txn_type": target.kind.tag if target is not None else "Invoice",
        "amount": application.amount,
    }
    if target is not None:
        values["txn_date"] = target.txn_date
        values["ref_number"] = target.ref_number or None
        values["balance_remaining"] = target.balance
    if application.discount:
        values["discount_amount"] = application.discount
        values["discount_account"] = books.lists.entry(application.discount_account).ref
    return AppliedToTxnRet(**values)


def _refunded(books: Books, application: Application) -> Any:
    source = books.transactions.get(application.source)
    values: Values = {"txn_id": application.source, "refund_amount": application.amount}
    if source is not None:
        values |= {
            "txn_type": source.kind.tag,
            "txn_date": source.txn_date,
            "ref_number": source.ref_number or None,
            "credit_remaining": source.unused,
        }
    return build(message_class("RefundAppliedToTxnRet"), values)


def _link(books: Books, txn: Transaction, application: Application) -> LinkedTxn | None:
    """How the other end of an application is shown: what it takes away is negative."""
    as_target = application.target == txn.txn_id
    other = books.transactions.get(application.source if as_target else application.target)
    if other is None:
        return None
    values: Values = {
        "txn_id": other.txn_id,
        "txn_type": other.kind.tag,
        "txn_date": other.txn_date,
        "ref_number": other.ref_number or None,
        "link_type": "AMTTYPE",
        "amount": -application.paid if as_target else application.amount,
    }
    return LinkedTxn(**values)


def summary_ret(txn: Transaction) -> TransactionRet:
    """One line for TransactionQuery: the transaction as a whole."""
    values: Values = {
        "txn_type": txn.kind.tag,
        "txn_id": txn.txn_id,
        "time_created": txn.time_created,
        "time_modified": txn.time_modified,
        "entity": txn.entity,
        "account": main_account(txn),
        "txn_date": txn.txn_date,
        "ref_number": txn.ref_number or None,
        "amount": txn.total,
        "memo": txn.memo or None,
    }
    return TransactionRet(**values)


def main_account(txn: Transaction) -> Any:
    """The account on which a register shows the transaction."""
    for name in ("ar_account", "ap_account", "account", "deposit_to_account", "transfer_from_account"):
        if txn.kind.tag == "ReceivePayment" and name == "ar_account":
            continue
        if (reference := txn.values.get(name)) is not None:
            return reference
    first = txn.lines[0] if txn.lines else None
    return getattr(first, "account", None) if txn.kind.tag == "JournalEntry" else None
