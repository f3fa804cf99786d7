"""What a schedule asks of the books, kept apart from the server: the measure that its result is held against."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from qbwc_server.documents.kinds import Document, read_document

KINDS = ("invoice", "sales_receipt", "credit_memo", "payment")
CUSTOMERS = ("Acme", "Müller & Söhne", "Acme:Job 7", 'O\'Brien <Irish> "Pub"', "Café Zoé")
ITEMS = ("Seat", "Lamp", "Lamp:Small", "Größe 4 & mehr")
FIRST_DAY = date(2026, 2, 20)


@dataclass
class Intent:
    """One document as it was asked for last, and what is wanted of it."""

    origin: str
    kind: str
    record: dict[str, Any]
    revision: int = 1
    wanted: bool = True  # in the books, not excluded
    void: bool = False
    poison: bool = False  # QuickBooks cannot read it: it must fail, alone
    paid_by: str | None = None  # origin of a payment that names this invoice
    earlier: list[dict[str, Any]] = field(default_factory=list)

    @property
    def document(self) -> Document:
        """As it is handed in."""
        return read_document(self.record)

    @property
    def mark(self) -> str:
        """What its memo begins with, by which it is recognised in the books, whatever else became of it."""
        return f"#{self.origin}#"

    @property
    def total(self) -> Decimal:
        """What it comes to."""
        if self.kind == "payment":
            return Decimal(self.record["amount"])
        return sum((Decimal(line["amount"]) for line in self.record["lines"] if "amount" in line), Decimal(0))


class Wishes:
    """Makes documents, and changes of mind about them."""

    def __init__(self, dice: random.Random, prefix: str) -> None:
        self._dice = dice
        self._prefix = prefix
        self.all: dict[str, Intent] = {}

    def new(self) -> Intent:
        """Another document of any kind; a payment only where an invoice is still unpaid."""
        dice = self._dice
        kind = dice.choices(KINDS, weights=(6, 3, 2, 3))[0]
        unpaid = [
            one
            for one in self.all.values()
            if one.kind == "invoice" and one.wanted and not (one.void or one.poison or one.paid_by)
        ]
        if kind == "payment" and not unpaid:
            kind = "invoice"
        origin = f"{self._prefix}-{len(self.all) + 1}"
        record: dict[str, Any] = {
            "kind": kind,
            "origin": origin,
            "date": FIRST_DAY + timedelta(days=dice.randrange(20)),
            "memo": f"#{origin}# r1 {dice.choice(('plain', 'Ünïcödé — “quoted”', '<b>&amp;</b>'))}",
        }
        if dice.random() < 0.75:
            record["number"] = f"{kind[0].upper()}{len(self.all) + 1}"
        intent = Intent(origin, kind, record)
        if kind == "payment":
            self._pay(intent, dice.sample(unpaid, min(len(unpaid), dice.choice((1, 1, 2)))))
        else:
            record["customer"] = dice.choice(CUSTOMERS)
            record["lines"] = self._lines()
            if kind == "invoice" and dice.random() < 0.3:
                record["po_number"] = f"PO {dice.randrange(100)}"
        self.all[origin] = intent
        return intent

    def _pay(self, payment: Intent, invoices: list[Intent]) -> None:
        customer = invoices[0].record["customer"]
        parts = []
        for invoice in invoices:
            if invoice.record["customer"] == customer:
                share = self._dice.choice((Decimal(1), Decimal("0.5")))
                amount = (invoice.total * share).quantize(Decimal("0.01"))
                if amount > 0:
                    parts.append({"invoice": invoice.origin, "amount": str(amount)})
                    invoice.paid_by = payment.origin
        payment.record["customer"] = customer
        payment.record["applies_to"] = parts
        payment.record["amount"] = str(sum((Decimal(part["amount"]) for part in parts), Decimal(0)))

    def _lines(self) -> list[dict[str, Any]]:
        dice = self._dice
        lines: list[dict[str, Any]] = []
        for _ in range(dice.choice((1, 1, 2, 3, 4))):
            if lines and dice.random() < 0.1:
                lines.append({"description": f"A note, {dice.randrange(100)}"})
                continue
            quantity = dice.choice((None, "1", "2", "3", "0.5"))
            cents = Decimal(dice.randrange(100, 100_000)) / 100
            line: dict[str, Any] = {"item": dice.choice(ITEMS), "amount": str(cents)}
            if quantity is not None:
                line["quantity"] = quantity
            if dice.random() < 0.6:
                line["description"] = dice.choice(("Seats", "Lampe, groß", "x < y & z"))
            lines.append(line)
        return lines

    def revised(self, intent: Intent) -> dict[str, Any]:
        """The record of the next revision: other lines, never less in total where it is paid already."""
        dice = self._dice
        record = dict(intent.record)
        lines = [dict(line) for line in intent.record["lines"]]
        match dice.randrange(4):
            case 0:
                lines.append({"item": dice.choice(ITEMS), "amount": "10.01", "quantity": "1"})
            case 1:
                changed = dice.choice([line for line in lines if "amount" in line])
                changed["amount"] = str(Decimal(changed["amount"]) + Decimal("5.05"))
            case 2 if not intent.paid_by:
                lines = self._lines()
            case _:
                dice.choice(lines)["description"] = f"Changed {dice.randrange(1000)}"
        record["lines"] = lines
        record["memo"] = f"#{intent.origin}# r{intent.revision + 1}"
        if not intent.paid_by and dice.random() < 0.2:
            record["customer"] = dice.choice(CUSTOMERS)
        return record

    def accepted(self, intent: Intent, record: dict[str, Any]) -> None:
        """The server took this revision."""
        intent.earlier.append(intent.record)
        intent.record = record
        intent.revision += 1

    def expected_balance(self, foreign: dict[str, Decimal]) -> dict[str, Decimal]:
        """The trial balance that the books must show, worked out from the documents alone; debit positive.

        Args:
            foreign: the same for what other people entered.
        """
        accounts: defaultdict[str, Decimal] = defaultdict(Decimal)
        for account, amount in foreign.items():
            accounts[account] += amount
        for one in self.all.values():
            if not one.wanted or one.void or one.poison:
                continue
            debit, credit = {
                "invoice": ("Accounts Receivable", "Sales"),
                "sales_receipt": ("Undeposited Funds", "Sales"),
                "credit_memo": ("Sales", "Accounts Receivable"),
                "payment": ("Undeposited Funds", "Accounts Receivable"),
            }[one.kind]
            accounts[debit] += one.total
            accounts[credit] -= one.total
        return {account: amount for account, amount in sorted(accounts.items()) if amount}
