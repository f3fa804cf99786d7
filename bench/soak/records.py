"""Makes documents of any kind from its declaration alone, so that a new kind is played as soon as it exists."""

from __future__ import annotations

import random
import types
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from qbwc_server.documents.kinds import KINDS
from qbwc_server.documents.kinds.fields import Fields, Names
from qbwc_server.documents.kinds.party import Party
from qbwc_server.list_kinds import ListKind

Record = dict[str, Any]

FIRST_DAY = date(2026, 2, 20)
DAYS = 20
NAMES: dict[ListKind, tuple[str, ...]] = {
    ListKind.CUSTOMER: ("Acme", "Müller & Söhne", "Acme:Job 7", 'O\'Brien <Irish> "Pub"', "Café Zoé"),
    ListKind.VENDOR: ("Harbor Supply", "Größe & Co"),
    ListKind.OTHER_NAME: ("Jo Partner",),
    ListKind.ITEM: ("Seat", "Lamp", "Lamp:Small", "Größe 4 & mehr"),
    ListKind.CLASS: ("Store", "Web Shop"),
    ListKind.TERMS: ("Net 15", "Net 30"),
    ListKind.PAYMENT_METHOD: ("Cash", "Visa", "Check"),
    ListKind.CUSTOMER_MESSAGE: ("Thank you for your business.", "It's been a pleasure working with you!"),
    ListKind.TEMPLATE: ("Intuit Product Invoice", "Intuit Service Invoice"),
}
"""What documents name; of a list that is not here they name nothing."""
EXPENSES = ("Utilities", "Office Supplies", "Rent Expense")
ACCOUNTS: dict[str, tuple[str, ...]] = {
    "ar_account": ("Accounts Receivable",),
    "ap_account": ("Accounts Payable",),
    "deposit_to": ("Undeposited Funds",),
    "deposit.deposit_to": ("Checking", "Savings"),
    "bank_account": ("Checking",),
    "card_account": ("Company Credit Card",),
    "refund_from": ("Company Credit Card",),
    "from_account": ("Checking",),
    "to_account": ("Savings",),
}
"""Accounts by the field that names them, or by kind and field; others name an expense."""
ONE_OF = (("customer", "vendor", "other_name"), ("debit", "credit"))
"""At most one of these is given."""
LISTS = frozenset({"lines", "expenses", "items"})
STOCK_ITEM = "Kettle"
LEFT_OUT = frozenset({"total", "subtotal", "to_be_emailed", "tax_code", "billable", "txn_id"})
"""What is worked out from the rest, or needs what the company has not."""
TEXTS = ("plain", "Ünïcödé — “quoted”", "<b>&amp;</b>", "Lampe, groß", "x < y & z")
OPTIONAL = 0.3  # chance that a field is given that may be left out
USUAL = frozenset({"item", "account", "amount", "quantity", "description"})  # these are given more often


def make(kind: str, dice: random.Random) -> Record:
    """A record of this kind, without origin, number and what refers to other documents."""
    return {"kind": kind, **_fields(KINDS[kind], dice, kind)}


def _fields(cls: type[Fields], dice: random.Random, kind: str) -> Record:
    record: Record = {}
    for name, info in cls.model_fields.items():
        if name in ("kind", "origin", "number", "memo") or name in LEFT_OUT:
            continue
        chance = 1.0 if info.is_required() else 0.8 if name in USUAL | LISTS else OPTIONAL
        if dice.random() >= chance:
            continue
        value = _value(name, info, dice, kind)
        if value is not None:
            record[info.alias or name] = value
    for names in ONE_OF:
        given = [name for name in names if name in record]
        for name in dice.sample(given, max(len(given) - 1, 0)):
            del record[name]
    if "item" in record and "amount" in cls.model_fields:
        _price(record, dice, "rate" if "rate" in cls.model_fields else "cost")
    elif "item" not in record and "item" in cls.model_fields and "description" in cls.model_fields:
        record = {"description": dice.choice(TEXTS)}
    return record


def _price(line: Record, dice: random.Random, rate: str) -> None:
    """An item line has an amount, or quantity and rate."""
    line.pop(rate, None)
    if "amount" in line or dice.random() < 0.7:
        line["amount"] = str(money(dice))
    else:
        line["quantity"], line[rate] = str(dice.choice((1, 2, 3, 12))), str(money(dice))


def money(dice: random.Random, most: int = 100_000) -> Decimal:
    """Up to a thousand, in cents."""
    return Decimal(dice.randrange(100, most)) / 100


def _value(name: str, info: FieldInfo, dice: random.Random, kind: str) -> Any:
    marks = [mark for mark in info.metadata if isinstance(mark, Names)]
    members = list(_members(info.annotation))
    for one in members:
        if get_origin(one) is Annotated:
            marks += [mark for mark in get_args(one)[1:] if isinstance(mark, Names)]
    if marks:
        return _name(marks[0].list_kind, name, dice, kind)
    kinds = [_bare(one) for one in members]
    for one in kinds:
        if isinstance(one, type) and issubclass(one, Party):
            return _name(one.list_kind, name, dice, kind)
        if isinstance(one, type) and issubclass(one, Fields):
            return _records(one, info, dice, kind)
    if date in kinds:
        return FIRST_DAY + timedelta(days=dice.randrange(DAYS))
    if Decimal in kinds:
        return str(dice.choice((1, 2, 3)) if name == "quantity" else money(dice))
    if bool in kinds:
        return dice.random() < 0.5
    if any(get_origin(one) is Literal for one in kinds):
        return dice.choice(get_args(next(one for one in kinds if get_origin(one) is Literal)))
    return dice.choice(TEXTS)[:11] if str in kinds else None


def _records(cls: type[Fields], info: FieldInfo, dice: random.Random, kind: str) -> Any:
    if not any(get_origin(one) is tuple for one in _wholes(info.annotation)):
        return _fields(cls, dice, kind)
    return [_fields(cls, dice, kind) for _ in range(dice.choice((1, 1, 2, 3, 4)))]


def _name(list_kind: ListKind, field: str, dice: random.Random, kind: str) -> str | None:
    if list_kind is ListKind.ACCOUNT:
        return dice.choice(ACCOUNTS.get(f"{kind}.{field}") or ACCOUNTS.get(field, EXPENSES))
    if list_kind is ListKind.ITEM and not KINDS[kind].adds_items:
        return STOCK_ITEM  # the others are there once a sale has added them
    return dice.choice(NAMES[list_kind]) if list_kind in NAMES else None


def _wholes(annotation: object) -> Iterator[object]:
    """The types of a union."""
    if get_origin(annotation) in (Union, types.UnionType):
        for one in get_args(annotation):
            yield from _wholes(one)
    else:
        yield annotation


def _members(annotation: object) -> Iterator[object]:
    """The types that a field may have: those of a union, and those in a tuple."""
    for one in _wholes(annotation):
        if get_origin(one) is tuple:
            for inner in get_args(one):
                if inner is not Ellipsis:
                    yield from _members(inner)
        else:
            yield one


def _bare(annotation: object) -> Any:
    return _bare(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation
