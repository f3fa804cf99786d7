"""Money going out: checks, credit card charges and credits, bills."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.ledger import FIVE_PLACES, ZERO, Posting, cents
from qbwc_server.simulator.refusals import OK, Refused, Remark, cannot_save, missing, unknown_object, wrong_value
from qbwc_server.simulator.sales_header import address_block, due_date
from qbwc_server.simulator.shapes import Values, build, copied, header, message_class
from qbwc_server.simulator.transactions import TXN_KINDS, Application, StockMove, Transaction


@dataclass(frozen=True)
class PurchaseKind:
    """How one way of paying differs from the others."""

    tag: str
    account_field: str
    account_type: str
    total_field: str = "amount"
    sign: int = 1  # of the expenses; -1 where money comes back


PURCHASE_KINDS = {
    kind.tag: kind
    for kind in (
        PurchaseKind("Check", "account", "Bank"),
        PurchaseKind("CreditCardCharge", "account", "CreditCard"),
        PurchaseKind("CreditCardCredit", "account", "CreditCard", sign=-1),
        PurchaseKind("Bill", "ap_account", "AccountsPayable", total_field="amount_due"),
    )
}


@dataclass
class Draft:
    """Lines worked out so far, and what they will post."""

    postings: list[Posting]
    moves: list[StockMove]
    expenses: list[Values]
    items: list[Values]
    total: Decimal = ZERO


def add(books: Books, tag: str, message: Any) -> tuple[Transaction, Remark]:
    """Enter a check, charge, credit or bill.

    Raises:
        Refused: nothing was entered.
    """
    kind = PURCHASE_KINDS[tag]
    _check_features(books, message)
    values = header(message, message_class(f"{tag}Ret"))
    books.resolve_all(values, tag)
    values.setdefault("txn_date", books.clock.time().date())
    books.check_open(values["txn_date"], "add", tag)
    if tag == "Bill":
        values.setdefault("ap_account", books.special("AccountsPayable").ref)
        due_date(books, values)
    account = books.lists.entry(values[kind.account_field].list_id)
    if account.value("account_type") != kind.account_type:
        raise wrong_value("AccountRef", account.full_name, f"A {tag} needs an account of type {kind.account_type}.")
    draft = _draft(books, kind, message)
    if not draft.expenses and not draft.items and not getattr(message, "apply_check_to_txn_adds", ()):
        raise cannot_save(tag, "You cannot save an empty transaction.")
    applications = _applied(books, message, draft) if tag == "Check" else []
    books.check_total(draft.total, tag)
    entity = values.get(TXN_KINDS[tag].entity)
    of_entity = entity.list_id if tag == "Bill" and entity is not None else ""
    draft.postings.append(Posting(account.list_id, -kind.sign * draft.total, of_entity))
    values[kind.total_field] = draft.total
    _number(books, tag, values, account.list_id)
    if (block := address_block(values.get("address"))) is not None:
        values["address_block"] = block
    if tag == "Check":
        values.setdefault("is_to_be_printed", False)
    txn = Transaction(TXN_KINDS[tag], values, total=draft.total)
    txn.postings, txn.stock = tuple(draft.postings), tuple(draft.moves)
    books.stamp_new(values)
    _identify(books, txn, draft)
    books.enter(txn)
    for application in applications:
        application.source = txn.txn_id
        bill = books.transactions.get(application.target)
        if bill is not None:
            bill.applications.append(application)
            books.touch(bill, counts_as_change=books.switches.payment_changes_edit_sequence)
        txn.applications.append(application)
    return txn, OK


def _check_features(books: Books, message: Any) -> None:
    if "exchange_rate" in vars(message):
        books.require(books.facts.multi_currency)
    lines = (*message.expense_line_adds, *message.lines)
    if any("class_" in vars(line) for line in lines):
        books.require(books.facts.class_tracking)


def _number(books: Books, tag: str, values: Values, account: str) -> None:
    if TXN_KINDS[tag].draws_numbers and not values.get("is_to_be_printed"):
        books.number(tag, values, account)
    elif not values.get("ref_number"):
        values.pop("ref_number", None)


def _draft(books: Books, kind: PurchaseKind, message: Any) -> Draft:
    draft = Draft([], [], [], [])
    for line in message.expense_line_adds:
        values = copied(line, message_class("ExpenseLineRet"))
        books.resolve_all(values, f"{kind.tag} expense line")
        amount = values.setdefault("amount", ZERO)
        if "account" not in values:
            if amount:
                raise missing("AccountRef", f"{kind.tag} expense line")
        else:
            entity = _entity_of_expense(books, kind, values)
            draft.postings.append(Posting(values["account"].list_id, kind.sign * amount, entity))
        draft.total += amount
        draft.expenses.append(values)
    for line in message.lines:
        if "item_group" in vars(line):
            group = books.resolve("item_group", line.item_group, f"{kind.tag} item line")
            quantity = line.quantity if line.quantity is not None else Decimal(1)
            members = [
                _item_line(books, kind, draft, {"item": books.lists.entry(item).ref, "quantity": each * quantity}, "")
                for item, each in group.members
            ]
            draft.items.append({"item_group": group.ref, "quantity": quantity, "item_line_rets": members})
        else:
            values = copied(line, message_class("ItemLineRet"))
            books.resolve_all(values, f"{kind.tag} item line")
            override = vars(line).get("override_item_account")
            account = books.resolve("override_item_account", override, kind.tag).list_id if override else ""
            draft.items.append(_item_line(books, kind, draft, values, account))
    return draft


def _entity_of_expense(books: Books, kind: PurchaseKind, values: Values) -> str:
    """Receivable and payable accounts are kept by customer and vendor."""
    account_type = books.lists.entry(values["account"].list_id).value("account_type")
    if account_type == "AccountsReceivable":
        if "customer" not in values:
            raise missing("CustomerRef", f"{kind.tag} expense line on accounts receivable")
        return str(values["customer"].list_id)
    return ""


def _item_line(books: Books, kind: PurchaseKind, draft: Draft, values: Values, account: str) -> Values:
    if "item" not in values:
        if values.get("amount") or values.get("cost"):
            raise missing("ItemRef", f"{kind.tag} item line")
        return values
    entry = books.lists.entry(values["item"].list_id)
    quantity, cost, amount = values.get("quantity"), values.get("cost"), values.get("amount")
    if amount is None:
        cost = cost if cost is not None else (entry.facts.cost or Decimal(0))
        quantity = quantity if quantity is not None else Decimal(1)
        amount = cents(quantity * cost)
    elif quantity:
        cost = (amount / quantity).quantize(FIVE_PLACES).normalize()
    if entry.facts.purchase_desc:
        values.setdefault("desc", entry.facts.purchase_desc)
    values["amount"] = amount
    if quantity is not None:
        values["quantity"] = quantity
    if cost is not None:
        values["cost"] = cost
    if entry.kind.tag == "ItemInventory":
        target = entry.facts.asset_account
        moved = kind.sign * (quantity if quantity is not None else Decimal(0))
        draft.moves.append(StockMove(entry.list_id, moved, kind.sign * amount))
    else:
        target = account or entry.facts.cost_account
    if not target:
        raise Refused(3270, f'There is no posting account for the item "{entry.full_name}" in the {kind.tag} line.')
    draft.postings.append(Posting(target, kind.sign * amount))
    draft.total += amount
    return values


def _applied(books: Books, message: Any, draft: Draft) -> list[Application]:
    """Bills that a check pays."""
    found = []
    for one in message.apply_check_to_txn_adds:
        bill = books.transactions.get(one.txn_id)
        if bill is None or bill.kind.owes != "vendor":
            raise unknown_object(one.txn_id)
        amount = one.amount if one.amount is not None else bill.balance
        if amount < 0 or amount > bill.balance:
            raise wrong_value("ApplyCheckToTxnAdd amount", amount, "You cannot pay more than the amount due.")
        found.append(Application("", bill.txn_id, amount))
        draft.postings.append(Posting(bill.values["ap_account"].list_id, amount, bill.entity_id))
        draft.total += amount
    return found


def _identify(books: Books, txn: Transaction, draft: Draft) -> None:
    lines = []
    for values in draft.expenses:
        values["txn_line_id"] = books.counters.txn_id(books.clock.time())
        lines.append(build(message_class("ExpenseLineRet"), values))
    for values in draft.items:
        values["txn_line_id"] = books.counters.txn_id(books.clock.time())
        members = values.get("item_line_rets")
        if members is None:
            lines.append(build(message_class("ItemLineRet"), values))
            continue
        for member in members:
            member["txn_line_id"] = books.counters.txn_id(books.clock.time())
        values["total_amount"] = sum((member["amount"] for member in members), ZERO)
        values["item_line_rets"] = tuple(build(message_class("ItemLineRet"), member) for member in members)
        lines.append(build(message_class("ItemGroupLineRet"), values))
    txn.lines = tuple(lines)
