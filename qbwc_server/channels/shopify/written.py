"""Planned documents of a shop as drafts, with the names of QuickBooks in them; who names them, a channel decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from qbwc_server.channels.contract import Draft
from qbwc_server.documents.kinds import KINDS, Document
from qbwc_server.documents.problems import Problem
from qbwc_server.mapping.said import Said
from qbwc_server.shop.by_day import summed_up
from qbwc_server.shop.days import day_of
from qbwc_server.shop.entries import Entry, Role
from qbwc_server.shop.order import Order, Place
from qbwc_server.shop.planned import ORIGIN, Kind, Planned
from qbwc_server.shop.terms import Terms

Values = dict[str, Any]
_SALES = frozenset((Kind.SALES_RECEIPT, Kind.INVOICE, Kind.CREDIT_MEMO, Kind.SALES_ORDER, Kind.ESTIMATE))
_RECEIVABLE = frozenset((Kind.INVOICE, Kind.CREDIT_MEMO, Kind.PAYMENT, Kind.CARD_REFUND))


class Names(Protocol):
    """Says, for each place of a document, which entry of QuickBooks stands there, and remembers what gave it.

    Attributes:
        words: by place, the words that a person has to map before.
        given: by place, which option gave the entry.
    """

    words: dict[str, Said]
    given: dict[str, str]
    terms: Terms

    @property
    def tells_goods(self) -> bool:
        """Whether goods stand by name and number, not summed up by their type."""
        ...

    @property
    def tax_code(self) -> str | None:
        """The sales tax code of every line."""
        ...

    @property
    def sales_tax_item(self) -> str | None:
        """The sales tax item of every document."""
        ...

    def item(self, field: str, entry: Entry) -> str | None:
        """The item of an entry; None where a person has to choose it first."""
        ...

    def gateway(self, field: str, gateway: str, place: Place) -> str | None:
        """The account of a way of payment; None: that of QuickBooks for money that is not deposited yet."""
        ...

    def payment_method(self, gateway: str) -> str | None:
        """The payment method, where one was chosen."""
        ...

    def receivables(self, field: str) -> str:
        """The account of what customers owe."""
        ...

    def chosen_receivables(self, field: str) -> str | None:
        """The same, where one was chosen; else QuickBooks takes its own."""
        ...

    def class_of(self, field: str, place: Place) -> str | None:
        """The class of a location."""
        ...

    def customer(self, order: Order | None) -> dict[str, Any]:
        """Who buys."""
        ...


def written(planned: Planned, names: Names) -> Draft:
    """The draft of a planned document. Raises pydantic.ValidationError."""
    values: Values = {"kind": planned.kind.value, "origin": planned.origin, "date": planned.day, "memo": planned.memo}
    values |= _of_kind(planned, names)
    if planned.kind in _RECEIVABLE:
        values["ar_account"] = names.chosen_receivables("ar_account")
    document = KINDS[planned.kind.value].model_validate(given(values))
    return replace(as_draft(document, names, planned.problems), tax_is_told=planned.kind in _SALES)


def as_draft(document: Document, names: Names, problems: Iterable[Problem]) -> Draft:
    """The draft of a document that these names stand in."""
    return Draft(document, reviews=tuple(problems), words=names.words or None, given=names.given or None)


def given(values: Mapping[str, Any]) -> Values:
    """What is said at all."""
    return {name: value for name, value in values.items() if value not in (None, "", (), {})}


def number_of(name: str) -> str | None:
    """The number of the order, where QuickBooks has room for it; the memo has it in any case."""
    number = name.removeprefix("#").strip()
    return number if 0 < len(number) <= KINDS["invoice"].number_limit else None


def _of_kind(planned: Planned, names: Names) -> Values:
    if planned.kind in _SALES:
        return _sale(planned, names)
    if planned.kind is Kind.PAYMENT:
        parts = [{"invoice": origin, "amount": amount} for origin, amount in planned.applies_to]
        money = _money(planned, names, "deposit_to")
        return {**money, "amount": planned.amount, "applies_to": parts, "unapplied": None if parts else True}
    if planned.kind is Kind.CARD_REFUND:
        parts = [{"refunded": origin, "amount": amount} for origin, amount in planned.applies_to]
        return {**_money(planned, names, "refund_from"), "refunds": parts}
    return _check(planned, names) if planned.kind is Kind.CHECK else _back_by_journal(planned, names)


def _sale(planned: Planned, names: Names) -> Values:
    entries = planned.lines if names.tells_goods else summed_up(planned.lines)
    values: Values = {
        "customer": names.customer(planned.order),
        "lines": [_line(f"lines[{at}].item", one, names) for at, one in enumerate(entries or planned.lines)],
        "class": names.class_of("class", planned.place),
        "sales_tax_item": names.sales_tax_item,
        "total": planned.amount,
    }
    if planned.order is not None and planned.origin == f"{ORIGIN}{planned.order.key}":
        values["number"] = number_of(planned.order.name)
        if planned.kind is Kind.INVOICE and planned.order.due_at is not None:
            values["due_date"] = day_of(planned.order.due_at, names.terms)
    if planned.kind is Kind.SALES_RECEIPT and planned.gateway:
        values["deposit_to"] = names.gateway("deposit_to", planned.gateway, planned.place)
        values["payment_method"] = names.payment_method(planned.gateway)
    return values


def _line(field: str, entry: Entry, names: Names) -> Values:
    goods = entry.role is Role.SALES and names.tells_goods
    return given(
        {
            "item": names.item(field, entry),
            "description": entry.title,
            "quantity": (entry.quantity or None) if goods else None,
            "amount": entry.amount,
            "tax_code": names.tax_code,
        }
    )


def _money(planned: Planned, names: Names, field: str) -> Values:
    return {
        "customer": names.customer(planned.order),
        field: names.gateway(field, planned.gateway, planned.place),
        "payment_method": names.payment_method(planned.gateway),
    }


def _check(planned: Planned, names: Names) -> Values:
    """Cash out of the till, against what the customer is owed."""
    customer = names.customer(planned.order)
    line = {
        "account": names.receivables("expenses[0].account"),
        "amount": planned.amount,
        "customer": customer["name"],
        "class": names.class_of("expenses[0].class", planned.place),
    }
    _same_customer(names, "expenses[0].customer")
    return {
        "bank_account": names.gateway("bank_account", planned.gateway, planned.place),
        "customer": customer,
        "expenses": [given(line)],
    }


def _same_customer(names: Names, field: str) -> None:
    """Another place of the document names the customer as well."""
    if "customer" in names.words:
        names.words[field] = names.words["customer"]
    elif "customer" in names.given:
        names.given[field] = names.given["customer"]


def _back_by_journal(planned: Planned, names: Names) -> Values:
    """Money given back of credits that stand on other documents."""
    customer = names.customer(planned.order)
    _same_customer(names, "lines[0].customer")
    names.words.pop("customer", None)
    names.given.pop("customer", None)
    lines = [
        {"account": names.receivables("lines[0].account"), "debit": planned.amount, "customer": customer["name"]},
        {"account": names.gateway("lines[1].account", planned.gateway, planned.place), "credit": planned.amount},
    ]
    return {"lines": [classed(one, at, planned.place, names) for at, one in enumerate(lines)]}


def classed(line: Values, at: int, place: Place, names: Names) -> Values:
    """A line with the class of its location."""
    return given({**line, "class": names.class_of(f"lines[{at}].class", place)})
