"""Facts of a shop as drafts: an order by itself, or the orders of a place and day; payouts, fees, cash, gift cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from pydantic import ValidationError

from qbwc_server.channels.contract import Draft, Fact, Outcome, Remark, RowProblem, Skipped, Stored
from qbwc_server.channels.shopify.admin import figures
from qbwc_server.channels.shopify.admin.names import Naming
from qbwc_server.channels.shopify.admin.options import Mode, ShopOptions
from qbwc_server.channels.shopify.admin.written import journal, transfer
from qbwc_server.channels.shopify.written import written
from qbwc_server.documents.problems import Problem
from qbwc_server.shop.by_day import by_day
from qbwc_server.shop.by_order import by_order
from qbwc_server.shop.cash import of_register, session_of
from qbwc_server.shop.cost import cost_of_day, cost_of_order
from qbwc_server.shop.days import day_of, parts_of
from qbwc_server.shop.events import Ledger
from qbwc_server.shop.given_cards import given_card
from qbwc_server.shop.journals import Journal, Move
from qbwc_server.shop.ledger import ledger_of
from qbwc_server.shop.order import Order, Place
from qbwc_server.shop.order_node import order_of
from qbwc_server.shop.payouts import balance_transaction_of, journal_of_day, payout_of, transfer_of
from qbwc_server.shop.planned import ORIGIN, Kind
from qbwc_server.shop.terms import Discounts, Open, RevenueDate, Terms
from qbwc_server.validation import sentences

PART = "part"  # in the body of a fact: of which place and day it is a part
_PREFIX = "gid://shopify/"
Body = Mapping[str, Any]


def draft(facts: Sequence[Fact], options: ShopOptions) -> Iterator[Outcome]:
    """What the facts of one group become; which sort they are, their ids say."""
    known = [one for one in facts if not one.gone]
    if not known:
        return
    kind = known[0].key.removeprefix(_PREFIX).partition("/")[0]
    make = _BY_KIND.get(kind)
    if make is not None:
        yield from make([one.body for one in known], options, terms_of(options, known[0].body))


def terms_of(options: ShopOptions, body: Body) -> Terms:
    """What was decided, with the clocks of the shop that a fact tells of."""
    shop: Body = body.get("shop") or {}
    return Terms(
        zone=options.time_zone or str(shop.get("ianaTimezone") or "UTC"),
        shop=str(shop.get("myshopifyDomain") or options.host).partition(".")[0],
        revenue_date=RevenueDate(options.revenue_date.value),
        discounts=Discounts(options.discounts.value),
        open_orders=Open(options.open_orders.value),
        rounding_cap=options.rounding_cap,
        include_test_orders=options.include_test_orders,
    )


def parts(body: Body, options: ShopOptions) -> list[tuple[str, dict[str, str]]]:
    """The groups that an order is drafted in where days are summed up, each with what its fact says under ``PART``."""
    terms = terms_of(options, body)
    found = parts_of(order_of(body, _currency(body)), terms)
    return [
        (f"{place.id or 'web'}:{day.isoformat()}", {"place": place.id, "name": place.name, "day": day.isoformat()})
        for place, day in found
    ]


def _currency(body: Body) -> str:
    return str((body.get("shop") or {}).get("currencyCode") or "")


# Orders


def _orders(bodies: Sequence[Body], options: ShopOptions, terms: Terms) -> Iterator[Outcome]:
    ledgers = [(body, ledger_of(order_of(body, _currency(body)), terms)) for body in bodies]
    for body, one in ledgers:
        if _is_older(one.order, options, terms):
            yield from _since_the_start(one, body.get(PART), options, terms)
    ledgers = [(body, one) for body, one in ledgers if not _is_older(one.order, options, terms)]
    if options.documents is Mode.SUMMARY:
        yield from _days(ledgers, options, terms)
        return
    for _, ledger in ledgers:
        yield from _order(ledger, options, terms)


def _is_older(order: Order, options: ShopOptions, terms: Terms) -> bool:
    return options.start_date is not None and day_of(order.at, terms) < options.start_date


def _since_the_start(ledger: Ledger, part: Body | None, options: ShopOptions, terms: Terms) -> Iterator[Outcome]:
    """What happened since the start with an order that was placed before it: by itself, also where days are summed up.

    What happened before stands in the opening balances, so that nothing here is put against it.
    """
    events = tuple(one for one in ledger.events if options.start_date is None or one.day >= options.start_date)
    if part is not None:
        events = tuple(one for one in events if (one.place.id, one.day.isoformat()) == (part["place"], part["day"]))
    since = replace(ledger, events=events)
    if _costs(options):
        yield from _entries(cost_of_order(since), options, terms)
    plans = by_order(since, replace(terms, open_orders=Open.WAIT), as_invoice=True)
    yield from figures.of_ledger(since)
    yield from figures.of_documents(plans)
    for one in plans:
        is_sale = one.origin == f"{ORIGIN}{ledger.order.key}"
        asked = (_sold_since(ledger.order, one.day, terms),) if is_sale else ()
        planned = replace(one, problems=(*one.problems, *asked))
        yield from _outcome(partial(written, planned, Naming(options, terms)), planned.origin)


def _sold_since(order: Order, day: date, terms: Terms) -> Problem:
    return Problem(
        "placed_before_the_start",
        "date",
        f"{order.called[:1].upper()}{order.called[1:]} was placed on {day_of(order.at, terms)}, before the start, and "
        f"counts from {day}.",
        "Submit it if the sale is not in QuickBooks yet, and apply what was paid before; else exclude it.",
    )


def _order(ledger: Ledger, options: ShopOptions, terms: Terms) -> Iterator[Outcome]:
    yield from _told(ledger)
    if _costs(options):
        yield from _entries(cost_of_order(ledger), options, terms)
    plans = by_order(ledger, terms)
    yield from figures.of_ledger(ledger)
    receipt = any(one.kind is Kind.SALES_RECEIPT for one in plans)
    other = by_order(ledger, terms, as_invoice=True) if receipt else []  # as it stands where it was not paid at first
    yield from dict.fromkeys(figures.of_documents([*plans, *other]))
    for planned in plans:
        for outcome in _outcome(partial(written, planned, Naming(options, terms)), planned.origin):
            receipt = isinstance(outcome, Draft) and planned.kind is Kind.SALES_RECEIPT
            yield _or_invoice(outcome, ledger, options, terms) if receipt else outcome


def _told(ledger: Ledger) -> Iterator[Outcome]:
    """That an order is left out, and what was paid of a cancelled one and not given back."""
    if ledger.left_out is not None:
        yield Skipped(ledger.left_out, f"{ORIGIN}{ledger.order.key}", gone=True)
    elif ledger.money_kept:
        kept = f"{ledger.money_kept} was paid, and it was cancelled without giving it back."
        yield Remark(f"{ledger.order.called}: {kept}")


def _or_invoice(outcome: Outcome, ledger: Ledger, options: ShopOptions, terms: Terms) -> Outcome:
    """A receipt, unless the sale stands as an invoice since a time when it was not paid: then that one is paid.

    Money that stands as a payment since a time when nothing was handed over stays that, and pays an invoice.
    """
    origin = f"{ORIGIN}{ledger.order.key}"
    plans = by_order(ledger, terms, as_invoice=True)
    payments = {one.origin for one in plans if one.kind is Kind.PAYMENT}

    def instead(stored: Sequence[Stored]) -> bool:
        if any(one.origin == origin and one.kind == Kind.SALES_RECEIPT and not one.excluded for one in stored):
            return False
        return any(one.origin in payments and not one.excluded for one in stored)

    def follow_ups(stored: Sequence[Stored]) -> Iterable[Draft]:
        invoiced = any(one.origin == origin and one.kind == Kind.INVOICE for one in stored)
        if invoiced or instead(stored):
            yield from (written(one, Naming(options, terms)) for one in plans)

    if not isinstance(outcome, Draft):
        return outcome
    return replace(
        outcome,
        same_as=lambda stored: stored.kind == Kind.INVOICE,
        follow_ups=follow_ups,
        instead=instead,
        other_form=tuple(one.origin for one in plans if one.origin != origin),
    )


def _days(ledgers: Sequence[tuple[Body, Ledger]], options: ShopOptions, terms: Terms) -> Iterator[Outcome]:
    by_part: dict[tuple[str, str], list[Ledger]] = {}
    names: dict[str, str] = {}
    for body, ledger in ledgers:
        part = body.get(PART) or {}
        if not part:
            continue
        names[part["place"]] = part["name"]
        by_part.setdefault((part["place"], part["day"]), []).append(ledger)
        if (part["place"], part["day"]) == (ledger.order.place.id, day_of(ledger.order.at, terms).isoformat()):
            yield from _told(ledger)  # once, with the day on which it was placed
    for (number, iso), some in by_part.items():
        place, day = Place(number, names[number]), date.fromisoformat(iso)
        if _costs(options):
            yield from _entries([cost_of_day(some, place, day, terms.shop)], options, terms)
        plans = by_day(some, place, day, terms)
        for ledger in some:
            yield from figures.of_ledger(ledger, (place, day))
        yield from figures.of_documents(plans)
        for planned in plans:
            yield from _outcome(partial(written, planned, Naming(options, terms)), planned.origin)


def _costs(options: ShopOptions) -> bool:
    """Whether the cost of goods is booked from here: QuickBooks does it by itself for items that it keeps in stock."""
    chosen = options.cogs_account is not None and options.inventory_account is not None
    return chosen and options.inventory is Mode.SUMMARY


def _outcome(make: Callable[[], Draft], origin: str) -> Iterator[Outcome]:
    """The draft, or why it can be none."""
    try:
        yield make()
    except ValidationError as error:
        what = " ".join(sentences(error, "document"))
        advice = "Correct it in Shopify, or enter the document by hand."
        yield RowProblem(Problem("cannot_be_written", "", f"{origin}: {what}", advice), 0, 0, origin)


# What is no order


def _entries(found: Iterable[Journal | Move | Problem | None], options: ShopOptions, terms: Terms) -> Iterator[Outcome]:
    for one in found:
        if isinstance(one, Journal | Move) and options.start_date is not None and one.day < options.start_date:
            continue  # it is in the opening balances
        if isinstance(one, Problem):
            yield Remark(f"{one.message} {one.advice}")
        elif isinstance(one, Journal):
            yield from _outcome(partial(journal, one, options, terms), one.origin)
        elif one is not None:
            yield from _outcome(partial(transfer, one, options, terms), one.origin)


def _payouts(bodies: Sequence[Body], options: ShopOptions, terms: Terms) -> Iterator[Outcome]:
    found = [payout_of(body, _currency(body)) for body in bodies]
    moves = [(one, transfer_of(one, terms)) for one in found if one is not None]
    for one, move in moves:
        if move is not None:
            yield from figures.of_payout(one, terms)
    yield from _entries((move for _, move in moves), options, terms)


def _balance(bodies: Sequence[Body], options: ShopOptions, terms: Terms) -> Iterator[Outcome]:
    found = [one for body in bodies if (one := balance_transaction_of(body, _currency(body))) is not None]
    days = sorted({day_of(one.at, terms) for one in found})
    entries = {day: journal_of_day(found, day, terms) for day in days}
    origins = {day: one.origin for day, one in entries.items() if one is not None}
    yield from figures.of_balance(found, days, origins, terms)
    yield from _entries(entries.values(), options, terms)


def _sessions(bodies: Sequence[Body], options: ShopOptions, terms: Terms) -> Iterator[Outcome]:
    found = [one for body in bodies if (one := session_of(body, _currency(body))) is not None]
    yield from _entries(of_register(found, terms), options, terms)


def _cards(bodies: Sequence[Body], options: ShopOptions, terms: Terms) -> Iterator[Outcome]:
    yield from _entries((given_card(body, terms, _currency(body)) for body in bodies), options, terms)


_BY_KIND: dict[str, Callable[[Sequence[Body], ShopOptions, Terms], Iterator[Outcome]]] = {
    "Order": _orders,
    "ShopifyPaymentsPayout": _payouts,
    "ShopifyPaymentsBalanceTransaction": _balance,
    "CashTrackingSession": _sessions,
    "GiftCard": _cards,
}
