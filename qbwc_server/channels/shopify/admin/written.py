"""Planned documents and entries of a shop as drafts, with the names of QuickBooks in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qbwc_server.channels.contract import Draft
from qbwc_server.channels.shopify.admin.names import Naming, given
from qbwc_server.channels.shopify.admin.options import Mode, ShopOptions
from qbwc_server.documents.kinds import KINDS, Document
from qbwc_server.documents.problems import Problem
from qbwc_server.shop.by_day import summed_up
from qbwc_server.shop.days import day_of
from qbwc_server.shop.entries import Entry, Role
from qbwc_server.shop.journals import Journal, Move
from qbwc_server.shop.planned import ORIGIN, Kind, Planned
from qbwc_server.shop.terms import Terms

Values = dict[str, Any]
_SALES = frozenset((Kind.SALES_RECEIPT, Kind.INVOICE, Kind.CREDIT_MEMO, Kind.SALES_ORDER, Kind.ESTIMATE))
_RECEIVABLE = frozenset((Kind.INVOICE, Kind.CREDIT_MEMO, Kind.PAYMENT, Kind.CARD_REFUND))


def written(planned: Planned, options: ShopOptions, terms: Terms) -> Draft:
    """The draft of a planned document. Raises pydantic.ValidationError."""
    naming = Naming(options, terms)
    values: Values = {"kind": planned.kind.value, "origin": planned.origin, "date": planned.day, "memo": planned.memo}
    values |= _of_kind(planned, naming)
    if planned.kind in _RECEIVABLE and options.receivables_account:
        values["ar_account"] = naming.receivables("ar_account")
    document = KINDS[planned.kind.value].model_validate(given(values))
    return replace(_draft(document, naming, planned.problems), tax_is_told=planned.kind in _SALES)


def _of_kind(planned: Planned, naming: Naming) -> Values:
    if planned.kind in _SALES:
        return _sale(planned, naming)
    if planned.kind is Kind.PAYMENT:
        parts = [{"invoice": origin, "amount": amount} for origin, amount in planned.applies_to]
        money = _money(planned, naming, "deposit_to")
        return {**money, "amount": planned.amount, "applies_to": parts, "unapplied": None if parts else True}
    if planned.kind is Kind.CARD_REFUND:
        parts = [{"refunded": origin, "amount": amount} for origin, amount in planned.applies_to]
        return {**_money(planned, naming, "refund_from"), "refunds": parts}
    return _check(planned, naming) if planned.kind is Kind.CHECK else _back_by_journal(planned, naming)


def _sale(planned: Planned, naming: Naming) -> Values:
    options = naming.options
    entries = summed_up(planned.lines) if options.inventory is Mode.SUMMARY else planned.lines
    values: Values = {
        "customer": naming.customer(planned.order),
        "lines": [_line(f"lines[{at}].item", one, naming) for at, one in enumerate(entries or planned.lines)],
        "class": naming.class_of("class", planned.place),
        "sales_tax_item": options.sales_tax_item,
        "total": planned.amount,
    }
    if planned.order is not None and planned.origin == f"{ORIGIN}{planned.order.key}":
        values["number"] = _number(planned.order.name)
        if planned.kind is Kind.INVOICE and planned.order.due_at is not None:
            values["due_date"] = day_of(planned.order.due_at, naming.terms)
    if planned.kind is Kind.SALES_RECEIPT and planned.gateway:
        values["deposit_to"] = naming.gateway("deposit_to", planned.gateway)
        values["payment_method"] = options.payment_methods.get(planned.gateway)
    return values


def _number(name: str) -> str | None:
    """The number of the order, where QuickBooks has room for it; the memo has it in any case."""
    number = name.removeprefix("#").strip()
    return number if 0 < len(number) <= KINDS["invoice"].number_limit else None


def _line(field: str, entry: Entry, naming: Naming) -> Values:
    goods = entry.role is Role.SALES and naming.options.inventory is Mode.DETAILED
    return given(
        {
            "item": naming.item(field, entry),
            "description": entry.title,
            "quantity": (entry.quantity or None) if goods else None,
            "amount": entry.amount,
            "tax_code": naming.options.tax_code,
        }
    )


def _money(planned: Planned, naming: Naming, field: str) -> Values:
    return {
        "customer": naming.customer(planned.order),
        field: naming.gateway(field, planned.gateway),
        "payment_method": naming.options.payment_methods.get(planned.gateway),
    }


def _check(planned: Planned, naming: Naming) -> Values:
    """Cash out of the till, against what the customer is owed."""
    customer = naming.customer(planned.order)
    line = {
        "account": naming.receivables("expenses[0].account"),
        "amount": planned.amount,
        "customer": customer["name"],
        "class": naming.class_of("expenses[0].class", planned.place),
    }
    _same_customer(naming, "expenses[0].customer")
    return {
        "bank_account": naming.gateway("bank_account", planned.gateway),
        "customer": customer,
        "expenses": [given(line)],
    }


def _same_customer(naming: Naming, field: str) -> None:
    """Another place of the document names the customer as well."""
    if "customer" in naming.words:
        naming.words[field] = naming.words["customer"]
    elif "customer" in naming.given:
        naming.given[field] = naming.given["customer"]


def _back_by_journal(planned: Planned, naming: Naming) -> Values:
    """Money given back of credits that stand on other documents."""
    customer = naming.customer(planned.order)
    _same_customer(naming, "lines[0].customer")
    naming.words.pop("customer", None)
    naming.given.pop("customer", None)
    lines = [
        {"account": naming.receivables("lines[0].account"), "debit": planned.amount, "customer": customer["name"]},
        {"account": naming.gateway("lines[1].account", planned.gateway), "credit": planned.amount},
    ]
    return {"lines": [_classed(one, at, planned, naming) for at, one in enumerate(lines)]}


def _classed(line: Values, at: int, planned: Planned | Journal, naming: Naming) -> Values:
    return given({**line, "class": naming.class_of(f"lines[{at}].class", planned.place)})


def journal(entry: Journal, options: ShopOptions, terms: Terms) -> Draft:
    """The draft of an entry. Raises pydantic.ValidationError."""
    naming = Naming(options, terms)
    lines = []
    for at, one in enumerate(entry.postings):
        side = "debit" if one.amount > 0 else "credit"
        line = {"account": naming.account(f"lines[{at}].account", one.account), side: abs(one.amount), "memo": one.memo}
        lines.append(_classed(line, at, entry, naming))
    values = {"origin": entry.origin, "date": entry.day, "memo": entry.memo, "lines": lines}
    return _draft(KINDS["journal_entry"].model_validate(values), naming, entry.reviews)


def transfer(move: Move, options: ShopOptions, terms: Terms) -> Draft:
    """The draft of a transfer. Raises pydantic.ValidationError."""
    naming = Naming(options, terms)
    values = {
        "origin": move.origin,
        "date": move.day,
        "memo": move.memo,
        "transfer_from": naming.account("transfer_from", move.source),
        "transfer_to": naming.account("transfer_to", move.target),
        "amount": move.amount,
        "class": naming.class_of("class", move.place),
    }
    return _draft(KINDS["transfer"].model_validate(given(values)), naming, move.reviews)


def _draft(document: Document, naming: Naming, problems: Iterable[Problem] | Sequence[Problem]) -> Draft:
    words: Mapping[str, Any] | None = naming.words or None
    return Draft(document, reviews=tuple(problems), words=words, given=naming.given or None)
