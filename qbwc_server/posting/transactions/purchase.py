"""What bills, checks, credit card charges and the like say in common, and their lines."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar, TypeVar

from qbwc_server.documents.kinds.account_lines import ExpenseLine
from qbwc_server.documents.kinds.item_lines import PurchaseLine
from qbwc_server.documents.kinds.purchase import PaidPurchase, Purchase
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.transactions.changes import Values
from qbwc_server.posting.transactions.lines import LineSet, LineValues, line_values
from qbwc_server.posting.transactions.transaction import Transaction
from qbwc_server.posting.transactions.writing import Writing
from qbxml import Aggregate
from qbxml.messages.purchase_lines import (
    BillableStatus,
    ExpenseLineAdd,
    ExpenseLineMod,
    ExpenseLineRet,
    ItemGroupLineMod,
    ItemLineAdd,
    ItemLineMod,
    ItemLineRet,
)

P = TypeVar("P", bound=Purchase)
EXPENSES = LineSet(
    "expense_line_adds",
    ExpenseLineAdd,
    "expense_line_rets",
    ExpenseLineRet,
    "expense_line_mods",
    ExpenseLineMod,
    clear="clear_expense_lines",
    names=("account",),
    words="memo",
    kept=frozenset({"billable_status"}),
)


def purchase_items(add: Callable[..., Aggregate] = ItemLineAdd) -> LineSet:
    """The item lines of a kind of purchase."""
    return LineSet(
        "lines",
        add,
        "lines",
        ItemLineRet,
        "lines",
        ItemLineMod,
        ItemGroupLineMod,
        clear="clear_item_lines",
        kept=frozenset({"item", "billable_status"}),
    )


class PurchaseTransaction(Transaction[P]):
    """A transaction that spends something, or gets it back."""

    line_sets = (EXPENSES, purchase_items())
    total_field = "amount"
    kept: ClassVar[frozenset[str]] = frozenset({"ref_number"})

    @abstractmethod
    def own(self, document: P, writing: Writing) -> Values:
        """What only this kind says."""

    def header(self, document: P, writing: Writing) -> Values:
        """What all purchases say, and what only this kind does."""
        return {
            "txn_date": document.date,
            "ref_number": writing.texts.name_or_none(document.number, "number", document.number_limit),
            "memo": writing.texts.prose(document.memo, "memo", 4095),
            **self.own(document, writing),
        }

    def lines(self, document: P, writing: Writing) -> tuple[list[LineValues], ...]:
        """Its expenses, then its items."""
        return (
            [_expense(line, f"expenses[{index}]", writing) for index, line in enumerate(document.expenses)],
            [_item(line, f"items[{index}]", writing) for index, line in enumerate(document.items)],
        )


def payee(document: PaidPurchase, writing: Writing) -> Values:
    """Who was paid."""
    party = document.party
    return {} if party is None else {"payee_entity": writing.entry(party.list_kind, party.name, party.list_kind)}


def _billable(line: ExpenseLine | PurchaseLine, at: str, writing: Writing) -> Values:
    status = None
    if line.billable is not None:
        status = BillableStatus.BILLABLE if line.billable else BillableStatus.NOT_BILLABLE
    return {
        "customer": writing.entry(ListKind.CUSTOMER, line.customer, f"{at}.customer"),
        "class_": writing.entry(ListKind.CLASS, line.class_name, f"{at}.class"),
        "billable_status": status,
    }


def _expense(line: ExpenseLine, at: str, writing: Writing) -> LineValues:
    values = {
        "account": writing.entry(ListKind.ACCOUNT, line.account, f"{at}.account"),
        "amount": line.amount,
        "memo": writing.texts.prose(line.memo, f"{at}.memo", 4095),
    }
    return line_values(values | _billable(line, at, writing), line.amount)


def _item(line: PurchaseLine, at: str, writing: Writing) -> LineValues:
    total = line.comes_to() if line.item is not None else None
    exact = line.cost is not None and (Decimal(1) if line.quantity is None else line.quantity) * line.cost == total
    values = {
        "item": writing.entry(ListKind.ITEM, line.item, f"{at}.item"),
        "desc": writing.texts.prose(line.description, f"{at}.description", 4095),
        "quantity": line.quantity,
        "cost": line.cost if exact else None,
        "amount": None if exact else total,
    }
    return line_values(values | _billable(line, at, writing), total)
