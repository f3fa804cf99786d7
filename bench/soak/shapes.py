"""What fields of one document have to do with each other and with other documents, where no declaration says it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bench.soak.records import STOCK_ITEM

if TYPE_CHECKING:
    from bench.soak.wishes import Intent

Record = dict[str, Any]
Shape = Callable[..., bool]
"""Takes a record, all documents, dice, and the document that is revised if any; False where none can be made now."""


def _payment(record: Record, known: Mapping[str, Intent], dice: random.Random, revised: Intent | None = None) -> bool:
    """Pays one or two invoices of one customer that nobody has paid."""
    if revised is not None:
        return False
    paid = {origin for one in known.values() for origin in one.document.waits_for()}
    unpaid = [one for one in known.values() if one.kind == "invoice" and one.wanted and one.origin not in paid]
    if not unpaid:
        return False
    first = dice.choice(unpaid)
    parts = []
    for invoice in [first, *(one for one in unpaid if one is not first)][: dice.choice((1, 1, 2))]:
        total = invoice.document.adds_up_to()
        if invoice.record["customer"] != first.record["customer"] or total is None:
            continue
        amount = (total * dice.choice((Decimal(1), Decimal("0.5")))).quantize(Decimal("0.01"))
        if amount > 0:
            parts.append({"invoice": invoice.origin, "amount": str(amount)})
    if not parts:
        return False
    for name in ("ar_account", "deposit_to"):
        record.pop(name, None)
    record["customer"] = first.record["customer"]
    record["applies_to"] = parts
    record["amount"] = str(sum((Decimal(part["amount"]) for part in parts), Decimal(0)))
    return True


def _deposit(record: Record, known: Mapping[str, Intent], dice: random.Random, revised: Intent | None = None) -> bool:
    """Takes payments and receipts that lie in undeposited funds, and other money, more than it loses."""
    taken = {origin for one in known.values() if one is not revised for origin in one.document.waits_for()}
    lying = [
        one.origin
        for one in known.values()
        if one.kind in ("payment", "sales_receipt") and one.wanted and one.origin not in taken
    ]
    picked = dice.sample(lying, min(len(lying), dice.choice((0, 1, 2, 3))))
    record["payments"] = [{"payment": origin} for origin in sorted(picked)]
    lines = record.get("lines") or []
    for line in lines:
        line["amount"] = str(abs(Decimal(line["amount"])))
    if picked and lines:
        lines[0]["amount"] = f"-{dice.randrange(1, 90) / 100:.2f}"  # fees
    record["lines"] = lines
    return bool(picked or lines)


def _journal_entry(record: Record, _: Mapping[str, Intent], dice: random.Random, __: Intent | None = None) -> bool:
    """Debits and credits are equal."""
    lines = record["lines"]
    while len(lines) < 2:
        lines.append(dict(lines[0]))
    total = Decimal(0)
    for line in lines[:-1]:
        amount = Decimal(line.pop("debit", None) or line.pop("credit", None) or "12.34")
        line.pop("credit", None)
        line["debit"] = str(amount)
        total += amount
    last = lines[-1]
    last.pop("debit", None)
    last["credit"] = str(total)
    return True


def _card_refund(
    record: Record, known: Mapping[str, Intent], dice: random.Random, revised: Intent | None = None
) -> bool:
    """Gives a credit memo back that nobody has given back."""
    given_back = {origin for one in known.values() for origin in one.document.waits_for()}
    left = [one for one in known.values() if one.kind == "credit_memo" and one.wanted and one.origin not in given_back]
    if revised is not None or not left:
        return False
    memo = dice.choice(left)
    total = memo.document.adds_up_to()
    if total is None or total <= 0:
        return False
    record.pop("ar_account", None)
    record["customer"] = memo.record["customer"]
    record["refunds"] = [{"refunded": memo.origin, "amount": str(total)}]
    return True


def _transfer(record: Record, _: Mapping[str, Intent], __: random.Random, ___: Intent | None = None) -> bool:
    """From one account to another."""
    return record.get("from_account") != record.get("to_account")


def _adjustment(record: Record, _: Mapping[str, Intent], dice: random.Random, __: Intent | None = None) -> bool:
    """Of what is kept in stock."""
    line = {"item": STOCK_ITEM, "quantity_difference": str(dice.choice((1, 2, 12)))}
    if dice.random() < 0.5:
        line["value_difference"] = f"{dice.randrange(100, 9_000) / 100:.2f}"
    record["lines"] = [line]
    return True


SHAPES: dict[str, Shape] = {
    "payment": _payment,
    "deposit": _deposit,
    "journal_entry": _journal_entry,
    "card_refund": _card_refund,
    "transfer": _transfer,
    "inventory_adjustment": _adjustment,
}
