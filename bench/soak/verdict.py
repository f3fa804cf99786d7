"""What must be true when everything is quiet: each document once, as it was asked for, and the books in balance."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bench.soak.intents import Intent, Wishes
from bench.soak.stage import Stage
from qbwc_server.books.holds import holds_of
from qbwc_server.documents import store
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.simulator.transactions import Transaction, shown_lines
from qbwc_server.tenancy.companies import find_company

TAGS = {
    "invoice": "Invoice",
    "sales_receipt": "SalesReceipt",
    "credit_memo": "CreditMemo",
    "payment": "ReceivePayment",
}
_MARK = re.compile(r"#[^#]+#")


@dataclass(frozen=True)
class Violation:
    """A promise that was not kept."""

    what: str
    detail: str


def judge(stage: Stage, wishes: Wishes, foreign: dict[str, Decimal], foreign_count: int) -> list[Violation]:
    """Every promise that was not kept; foreign transactions are those that people entered by hand."""
    found: dict[str, list[Transaction]] = defaultdict(list)
    strangers = 0
    violations: list[Violation] = []
    marks = {intent.mark: intent.origin for intent in wishes.all.values()}
    for txn in stage.file.transactions:
        bears = _MARK.search(txn.memo)  # of a void one the memo begins with "VOID: "
        if bears and bears[0] in marks:
            found[marks[bears[0]]].append(txn)
        else:
            strangers += 1
    if strangers != foreign_count:
        violations.append(Violation("stranger", f"{strangers} without our mark, {foreign_count} were typed by hand"))
    with stage.servers.database.reading() as db:
        company = find_company(db, stage.code)
        violations += [Violation("held", f"{one.kind}: {one.detail}") for one in holds_of(db, company.id)]
        rows = store.by_origin(db, company.id, list(wishes.all))
        txn_ids = {origin: row.txn_id for origin, row in rows.items()}
        for origin, intent in wishes.all.items():
            violations += _judge_one(intent, rows[origin], found[origin], txn_ids)
    balance = stage.file.trial_balance()
    expected = wishes.expected_balance(foreign)
    if balance != expected:
        violations.append(Violation("trial balance", f"{_shown(balance)} instead of {_shown(expected)}"))
    if stage.file.books.recomputed() != balance:
        violations.append(Violation("simulator", "its ledger does not agree with its transactions"))
    return violations


def _judge_one(
    intent: Intent, row: DocumentRow, found: list[Transaction], txn_ids: dict[str, str | None]
) -> Iterator[Violation]:
    words = f"{intent.kind} {intent.origin} (document {row.id}, {row.state.value}, {row.reason}: {row.message})"
    wanted = intent.wanted and not intent.poison
    state = State.FAILED if intent.poison else State.EXCLUDED if not wanted else State.POSTED
    if intent.void:
        state = State.WITHDRAWN
    if row.state is not state:
        yield Violation("state", f"{words} ought to be {state.value}")
    if not wanted:
        if found:
            yield Violation("unwanted", f"{words} stands in the books as {[t.txn_id for t in found]}")
        return
    if not found:
        if not intent.void:  # what was void, and is not even there in an older file, is as it was wanted
            yield Violation("lost", words)
        return
    if len(found) > 1:
        yield Violation("doubled", f"{words}: {[(t.txn_id, t.memo, t.is_void) for t in found]}")
        return
    (txn,) = found
    if row.txn_id != txn.txn_id:
        yield Violation("wrong id", f"{words} says {row.txn_id}, the books say {txn.txn_id}")
    if txn.is_void != intent.void:
        yield Violation("void", f"{words}: void in the books: {txn.is_void}, wanted: {intent.void}")
    if not intent.void:
        for name, wanted_value, value in _differences(intent, txn, txn_ids):
            yield Violation("altered", f"{words}: {name} is {value!r} instead of {wanted_value!r}")


def _differences(intent: Intent, txn: Transaction, txn_ids: dict[str, str | None]) -> Iterator[tuple[str, Any, Any]]:
    """Field, what was asked for, and what the books say, where they differ."""
    record = intent.record
    pairs: list[tuple[str, Any, Any]] = [
        ("kind", TAGS[intent.kind], txn.kind.tag),
        ("date", record["date"], txn.txn_date),
        ("customer", record["customer"], txn.customer),
        ("memo", record["memo"], txn.memo),
        ("total", intent.total, txn.total),
    ]
    if "number" in record:
        pairs.append(("number", record["number"], txn.ref_number))
    if "po_number" in record:
        pairs.append(("po_number", record["po_number"], txn.values.get("po_number")))
    if intent.kind == "payment":
        parts = sorted((str(txn_ids[part["invoice"]]), Decimal(part["amount"])) for part in record["applies_to"])
        applied = sorted((one.target, one.amount) for one in txn.applications if one.source == txn.txn_id)
        pairs.append(("applied to", parts, applied))
    else:
        asked = [
            (
                line.get("item", ""),
                line.get("description"),
                Decimal(line["quantity"]) if "quantity" in line else None,
                Decimal(line["amount"]) if "amount" in line else None,
            )
            for line in record["lines"]
        ]
        lines = [
            # a description that was not given may be the item's own
            (line.item, line.desc if given[1] is not None else None, line.quantity, line.amount)
            for line, given in zip(shown_lines(txn), asked, strict=False)
        ]
        pairs.append(("lines", asked, lines))
        pairs.append(("number of lines", len(asked), len(shown_lines(txn))))
    for name, wanted, value in pairs:
        if wanted != value:
            yield name, wanted, value


def _shown(balance: dict[str, Decimal]) -> str:
    return ", ".join(f"{account} {amount}" for account, amount in balance.items())
