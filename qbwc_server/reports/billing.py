"""How a company bills, what a billing day would bill, and what it has billed, as faces show it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server.billing.days import due_at
from qbwc_server.billing.statement import Why
from qbwc_server.billing_runs.billed import customers_billed
from qbwc_server.billing_runs.comparing import Last, changes, last_ones
from qbwc_server.billing_runs.invoicing import Line, costs_to_write
from qbwc_server.billing_runs.keeping import settings_row
from qbwc_server.billing_runs.looking_ahead import Mending
from qbwc_server.billing_runs.models import BillingOutcome, BillingSwitch, Outcome
from qbwc_server.billing_runs.plan import Billing, Orphan, Plan, Planning, Standing, digest_of
from qbwc_server.billing_runs.reporting import outcomes, outcomes_of
from qbwc_server.billing_runs.running import RunResult, find_run
from qbwc_server.billing_runs.settings import BillingSettings
from qbwc_server.billing_runs.targets import offer_word, organisation_word
from qbwc_server.billing_runs.told import Unread
from qbwc_server.billing_runs.words import BilledWord
from qbwc_server.books.costs.models import ItemCost
from qbwc_server.books.costs.wanting import all_costs
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import by_origin
from qbwc_server.errors import NotFound
from qbwc_server.mapping.exchange import guarded
from qbwc_server.mapping.resolving import waits_for_a_word
from qbwc_server.tenancy.models import Company

COLUMNS = (
    *("organisation", "offer", "product", "period_first", "period_last", "quantity", "cost", "currency"),
    *("outcome", "reason", "message", "customer", "origin"),
)

_REASONS: Mapping[str, str] = {  # why a charge is not billed on a day, for people
    Why.BEFORE_THE_START: "Its period began before the first billing day.",
    Why.LATER_PERIOD: "Its period has not begun yet; a later billing day bills it.",
    Why.WAITS_FOR_DISTRIBUTOR: "It waits until the distributor has billed it.",
    Why.ADDITION_WITH_NEXT_PERIOD: "It is not prorated; the next period has the new quantity.",
    Why.REMOVAL_WITH_NEXT_PERIOD: "It is not prorated; the next period has the new quantity.",
    Standing.HELD: "The customer is held back.",
    Standing.NOT_APPROVED: "Nobody has approved the customer as it is now.",
    Standing.WARNED: "A warning about the customer has not been acknowledged.",
    Standing.BLOCKED: "Something about the customer has to be mended.",
}

_AT_A_TIME = 500  # origins in one statement
_TEXTS = ("organisation", "offer", "product", "currency", "message", "customer", "origin")  # the distributor's words


class NotRunYet(NotFound):
    """This billing day has not been billed."""

    code = "not_billed_yet"
    advice = "See what it would bill: qbwc-server billing preview"


def settings_record(db: Session, company_id: int) -> dict[str, Any]:
    """The settings by name, and which version of them it is. Raises NoBillingSettings."""
    row = settings_row(db, company_id)
    return {
        "version": row.version,
        "changed_at": row.changed_at.isoformat(),
        "settings": BillingSettings.model_validate(row.settings).model_dump(mode="json"),
    }


def switch_record(row: BillingSwitch) -> dict[str, Any]:
    """What was said of an offer or organisation."""
    return {
        "connection_id": row.connection_id,
        "organisation": row.organisation,
        "offer": row.offer,
        "synchronise": row.synchronise,
        "makes": None if row.makes is None else row.makes.value,
    }


def word_record(word: BilledWord) -> dict[str, Any]:
    """An offer or organisation, what it stands for, and what it may."""
    return {
        "connection_id": word.connection_id,
        "kind": word.said.kind.value,
        "word": word.said.word,
        "title": word.said.title,
        "key": word.key,
        "entry": word.entry,
        "code": None if word.problem is None else word.problem.code,
        "message": None if word.problem is None else word.problem.message,
        "synchronise": word.synchronise,
        "makes": None if word.makes is None else word.makes.value,
        "suggestions": [
            {
                "list_id": one.entry.list_id,
                "name": one.entry.full_name,
                "why": one.reason.value,
                "likeness": one.likeness,
            }
            for one in word.suggestions
        ],
    }


def run_record(result: RunResult) -> dict[str, Any]:
    """What a run did."""
    return {
        "billing_day": result.billing_day.isoformat(),
        "documents": result.documents,
        "waiting": result.waiting,
    }


def preview_record(db: Session, company: Company, billing_day: date) -> dict[str, Any]:
    """What a billing day would bill, every customer compared with his last document; portion by portion.

    Raises:
        NoBillingSettings: nobody has said how the company bills.
        Invalid: it is no billing day.
    """
    seen = _Preview()
    planning = Planning(db, company, billing_day)
    plan = planning.blank()
    for portion in planning.portions.portions:
        seen.note(db, company, planning.add(db, portion, planning.blank()))
    return {
        "billing_day": plan.billing_day.isoformat(),
        "due_at": due_at(plan.settings, plan.billing_day).isoformat(),
        "period_first": plan.period.first.isoformat(),
        "period_last": plan.period.last.isoformat(),
        "digest": digest_of(seen.digests),
        "problems": [one.as_record() for one in plan.problems],
        "to_mend": [one.as_record() for one in seen.mending.problems(db, company)],
        "customers": sorted(seen.customers, key=lambda one: str(one["customer"]).lower()),
        "orphans": seen.orphans + seen.unread,
        "costs": [
            {"item": item, "cost": str(cost), "in_books": _text(there)} for item, (cost, there) in seen.costs.items()
        ],
        "charges": _sums(seen.sums),
    }


class _Preview:
    """Records of a plan, so that the plan itself need not be in memory."""

    def __init__(self) -> None:
        self.customers: list[dict[str, Any]] = []
        self.orphans: list[dict[str, Any]] = []
        self.unread: list[dict[str, Any]] = []
        self.digests: list[str] = []
        self.costs: dict[str, tuple[Decimal, Decimal | None]] = {}
        self.sums: list[tuple[Outcome, str, Decimal]] = []
        self.mending = Mending()

    def note(self, db: Session, company: Company, plan: Plan) -> None:
        """Take in a portion."""
        last = last_ones(db, company.id, plan.billings, plan.billing_day)
        self.customers += [_billing_record(one, last.get(one.customer.key)) for one in plan.billings]
        self.orphans += [_orphan_record(one) for one in plan.orphans]
        self.unread += [_unread_record(one) for _, one in plan.unread]
        self.digests += [one.digest for one in plan.may_go]
        for item, cost, there in costs_to_write([line for one in plan.billings for line in one.lines]):
            self.costs.setdefault(item.name, (cost, there))
        sums: dict[tuple[Outcome, str], Decimal] = {}
        for one in outcomes(plan):
            key = one["outcome"], one["currency"]
            sums[key] = sums.get(key, Decimal(0)) + one["cost"]
        self.sums += [(outcome, currency, cost) for (outcome, currency), cost in sums.items()]
        self.mending.note(plan)


def report_record(db: Session, company: Company, billing_day: date) -> dict[str, Any]:
    """What became of a billing day: its documents, and every charge once. Raises NotRunYet."""
    run = find_run(db, company.id, billing_day)
    if run is None or run.done_at is None:
        raise NotRunYet(f"{billing_day} has not been billed.")
    rows = outcomes_of(db, run)
    return {
        "billing_day": billing_day.isoformat(),
        "begun_at": run.begun_at.isoformat(),
        "done_at": run.done_at.isoformat(),
        "waiting": run.waiting,
        "documents": [_document_record(one) for one in _documents(db, company, billing_day)],
        "charges": _sums((row.outcome, row.currency, row.cost) for row in rows),
        "lines": [_outcome_record(row) for row in rows],
        "costs": [_cost_record(one) for one in all_costs(db, company.id)],
    }


def report_csv(db: Session, company: Company, billing_day: date) -> str:
    """The lines of the report as CSV, no cell of which a spreadsheet takes for a formula. Raises NotRunYet."""
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for line in report_record(db, company, billing_day)["lines"]:
        writer.writerow({**line, **{name: guarded(line[name] or "") for name in _TEXTS}})
    return written.getvalue()


def _billing_record(billing: Billing, last: Last | None) -> dict[str, Any]:
    return {
        "connection_id": billing.connection_id,
        "customer": billing.customer.name,
        "list_id": billing.customer.key,
        "kind": "credit_memo" if billing.invoicing.is_credit else "invoice",
        "makes": billing.makes.value,
        "standing": billing.standing.value,
        "digest": billing.digest,
        "total": _text(billing.invoicing.total),
        "last": None if last is None else _last_record(last),
        "changes": [one.words for one in changes(billing, last)],
        "warnings": [
            {"code": one.code, "message": one.message, "advice": one.advice, "blocks": one.blocks}
            for one in billing.warnings
        ],
        "lines": [_line_record(one) for one in billing.lines],
    }


def _last_record(last: Last) -> dict[str, Any]:
    return {
        "billing_day": last.billing_day.isoformat(),
        "document": last.document_id,
        "total": _text(last.total),
    }


def _line_record(line: Line) -> dict[str, Any]:
    bill = line.bill
    return {
        "organisation": line.organisation,
        "item": line.item.name,
        "description": line.description,
        "quantity": _text(bill.quantity),
        "rate": _text(bill.rate),
        "amount": _text(bill.total),
        "formula": line.formula,
        "price": _text(line.price.value),
        "price_from": line.price.words,
        "unit_cost": str(line.unit_cost),
        "margin": _text(line.margin),
    }


def _orphan_record(orphan: Orphan) -> dict[str, Any]:
    charge, problem = orphan.charge, orphan.problem
    words = {"organisation": organisation_word(charge.organisation), "offer": offer_word(charge)}
    said = words.get(problem.field) if waits_for_a_word(problem.code) else None
    return {
        "word_kind": None if said is None else said.kind.value,
        "word": None if said is None else said.word,
        "connection_id": orphan.connection_id,
        "organisation": charge.organisation.name,
        "offer": charge.offer,
        "product": charge.product,
        "period": str(charge.period),
        "quantity": str(charge.quantity),
        "currency": charge.currency,
        "code": problem.code,
        "message": problem.message,
        "advice": problem.advice,
    }


def _unread_record(unread: Unread) -> dict[str, Any]:
    return {
        "word_kind": None,
        "word": None,
        "connection_id": None,
        "organisation": unread.organisation,
        "offer": "",
        "product": unread.product,
        "period": "",
        "quantity": "",
        "currency": unread.currency,
        "code": unread.problem.code,
        "message": unread.problem.message,
        "advice": unread.problem.advice,
    }


def _documents(db: Session, company: Company, billing_day: date) -> list[DocumentRow]:
    origins = [origin for _, origin in customers_billed(db, company.id, billing_day)]
    found: list[DocumentRow] = []
    for start in range(0, len(origins), _AT_A_TIME):
        found += by_origin(db, company.id, origins[start : start + _AT_A_TIME]).values()
    return sorted(found, key=lambda row: row.id)


def _document_record(row: DocumentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "origin": row.origin,
        "kind": row.kind,
        "customer": row.party,
        "state": row.state.value,
        "total": _text(row.posted_total if row.posted_total is not None else row.total),
        "number": row.posted_number,
    }


def _cost_record(row: ItemCost) -> dict[str, Any]:
    return {
        "item": row.name,
        "cost": row.cost,
        "before": row.before,
        "state": row.state.value,
        "code": row.code,
        "message": row.message,
        "changed_at": row.changed_at.isoformat(),
    }


def _outcome_record(row: BillingOutcome) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in COLUMNS}
    return {name: _text(value) if isinstance(value, date | Decimal) else value for name, value in values.items()} | {
        "outcome": row.outcome.value,
        "message": row.message or _REASONS.get(row.reason, ""),
    }


def _sums(told: Iterable[tuple[Outcome, str, Decimal]]) -> list[dict[str, Any]]:
    """What the charges cost, by currency and outcome; of a currency they add up to all of it."""
    sums: dict[tuple[str, str], Decimal] = {}
    for outcome, currency, cost in told:
        for what in (outcome.value, "all"):
            sums[currency, what] = sums.get((currency, what), Decimal(0)) + cost
    return [
        {"currency": currency, "outcome": what, "cost": f"{cost:.2f}"}
        for (currency, what), cost in sorted(sums.items())
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
