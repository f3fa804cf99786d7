"""What is due of one customer becomes the lines of one invoice, or of one credit memo; and what a person should see."""

from __future__ import annotations

import json
from base64 import b32encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from qbwc_server.billing.days import Period
from qbwc_server.billing.lines import BillLine, PriceNeeded, formula, lines_of
from qbwc_server.billing.statement import Due, part_key
from qbwc_server.billing_runs.prices import Doubt, Price, cost_in_books, price_of
from qbwc_server.billing_runs.settings import BillingSettings, Cost, Makes
from qbwc_server.billing_runs.targets import Customer, Item, Target

MOST_LINES = 1000  # of a document
_KEY_CHARACTERS = 13


Known = Mapping[tuple[int, str, Period], int]
"""How many charges are told now, by connection, key of the organisation, and period of the distributor."""


@dataclass(frozen=True, slots=True)
class Before:
    """What was before.

    Args:
        known: how much is told of each organisation now.
        customers: by connection and part of a charge, to whom it was billed.
        excluded: by connection and part of a charge, the billing day whose document somebody excluded.
        left_out: by connection and part of a charge, the billing day whose terms left it out for good.
    """

    known: Known
    customers: Mapping[tuple[int, str], str]
    excluded: Mapping[tuple[int, str], date]
    left_out: Mapping[tuple[int, str], date]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What is due, which connection told it, who pays it, with which item, and whether his invoice is updated."""

    connection_id: int
    due: Due
    target: Target
    makes: Makes


@dataclass(frozen=True, slots=True)
class Caution:
    """What a person should see before a customer is billed. What ``blocks`` has to be mended first."""

    code: str
    message: str
    advice: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line with the item that it names, and where its price comes from."""

    organisation: str
    bill: BillLine
    item: Item
    price: Price
    description: str
    unit_cost: Decimal
    class_name: str | None
    also_from: int = 0  # the connection that tells it, where another one is the first of the invoice

    @property
    def formula(self) -> str:
        """How the amount came about; empty where only QuickBooks knows the price."""
        price = self.price.value
        return "" if price is None else "; ".join(formula(due, price) for due in self.bill.dues)

    def key(self, billing_day: date) -> str:
        """By what the line is found again on an invoice: that of its charge, or of all that share the line.

        One charge may be corrected on several days: each of those lines has a key of its own.
        """
        due = self.bill.dues[0]
        if len(self.bill.dues) == 1 and due.instead_of is None and not self.also_from:
            return part_key(due.key, due.part)
        dues = [[one.key, one.part, one.instead_of is not None] for one in self.bill.dues]
        said: list[object] = [billing_day.isoformat(), *dues]
        if self.also_from:  # two distributors may tell the same of one name
            said.append(self.also_from)
        return b32encode(sha256(json.dumps(said).encode()).digest()).decode()[:_KEY_CHARACTERS]

    @property
    def margin(self) -> Decimal | None:
        """Of one unit for a whole cycle."""
        return None if self.price.value is None else self.price.value - self.unit_cost

    def as_record(self) -> dict[str, Any]:
        """What it says in QuickBooks."""
        bill = self.bill
        return {
            "item": self.item.name,
            "description": self.description,
            "quantity": bill.quantity,
            "rate": bill.rate,
            "amount": bill.amount,
            "service_date": bill.dues[0].period.first,
            "class": self.class_name,
        }


@dataclass(frozen=True, slots=True)
class Priced:
    """What is billed, which connection told it, and what one unit costs where that is known."""

    connection_id: int
    due: Due
    price: Decimal | None


@dataclass(frozen=True)
class Invoicing:
    """The lines of one document; ``total`` is None where only QuickBooks knows a price."""

    lines: tuple[Line, ...]
    priced: tuple[Priced, ...]
    warnings: tuple[Caution, ...]
    total: Decimal | None

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit memo: an invoice has no negative total."""
        return self.total is not None and self.total < 0


@dataclass
class _Work:
    """Lines and warnings of one customer as they are made, from what one connection tells."""

    customer: Customer
    settings: BillingSettings
    items: dict[str, Item]
    lines: list[Line]
    warnings: dict[tuple[str, str], Caution]
    also_from: int

    def price(self, due: Due) -> Price:
        """What one unit of it costs the customer."""
        item = self.items[due.charge.offer]
        return price_of(item.entry, self.customer.level, has_level=self.customer.has_level)

    def value(self, due: Due) -> Decimal | None:
        """The same as the rules want it: a correction is made at the price of then."""
        was = due.instead_of
        return was.price if was is not None and was.price is not None else self.price(due).value

    def warn(self, code: str, message: str, advice: str, *, blocks: bool = False) -> None:
        """Said once."""
        self.warnings.setdefault((code, message), Caution(code, message, advice, blocks))


def invoicing_of(assigned: Sequence[Assigned], settings: BillingSettings, before: Before) -> Invoicing:
    """The lines of one customer, organisation by organisation."""
    lines: list[Line] = []
    warnings: dict[tuple[str, str], Caution] = {}
    priced: list[Priced] = []
    by_organisation = _by_organisation(assigned)
    first = by_organisation[0][0].connection_id
    for some in by_organisation:
        connection_id, customer = some[0].connection_id, some[0].target.customer
        items = {one.due.charge.offer: one.target.item for one in some}
        also_from = 0 if connection_id == first else connection_id
        work = _Work(customer, settings, items, lines, warnings, also_from)
        dues = [one.due for one in some]
        _add_lines(work, dues, shared=len(by_organisation) > 1)
        _warn_of_vanished(work, connection_id, dues, before.known)
        for due in dues:
            _warn_of_before(work, connection_id, due, before)
        priced += [Priced(connection_id, due, work.value(due)) for due in dues]
    total = _total(lines)
    for caution in (*_of_the_whole(lines, total), *_told_twice(priced)):
        warnings.setdefault((caution.code, caution.message), caution)
    return Invoicing(tuple(lines), tuple(priced), tuple(warnings.values()), total)


def _by_organisation(assigned: Sequence[Assigned]) -> list[list[Assigned]]:
    found: dict[tuple[int, str], list[Assigned]] = {}
    for one in assigned:
        found.setdefault((one.connection_id, one.due.charge.organisation.key), []).append(one)
    return [found[key] for key in sorted(found)]


def _total(lines: Sequence[Line]) -> Decimal | None:
    totals = [line.bill.total for line in lines]
    return None if None in totals else sum((one for one in totals if one is not None), Decimal(0))


def _of_the_whole(lines: Sequence[Line], total: Decimal | None) -> Iterator[Caution]:
    if total is None and any(_is_less(line.bill) for line in lines):
        yield Caution(
            "price_needed", "Whether it is an invoice or a credit memo depends on a price that is not known.",
            "Give the item its sales price in QuickBooks.", blocks=True,
        )  # fmt: skip
    if len(lines) > MOST_LINES:
        yield Caution("too_many_lines", f"It would have {len(lines)} lines.", "Fold changes in.", blocks=True)


def _told_twice(priced: Sequence[Priced]) -> Iterator[Caution]:
    """What two connections tell alike may be one charge, told by the API of a distributor and by its file."""
    told: dict[tuple[object, ...], set[int]] = {}
    for one in priced:
        charge = one.due.charge
        if one.due.instead_of is None:
            alike = (charge.organisation.name.casefold(), charge.product, charge.period, charge.quantity)
            told.setdefault(alike, set()).add(one.connection_id)
            if len(told[alike]) == 2:  # said once, however many tell it
                yield Caution(
                    "told_twice",
                    f"{charge.product} of {charge.organisation.name} for {charge.period} comes by two connections.",
                    "If it is one charge, switch the organisation off for one of them; else acknowledge it.",
                )


def _add_lines(work: _Work, dues: Sequence[Due], *, shared: bool) -> None:
    try:
        lines = list(lines_of(dues, work.settings.changes, work.value))
    except PriceNeeded as needed:
        price = work.price(needed.due)
        work.warn("price_needed", str(needed), f"{price.words} Mend that in QuickBooks.", blocks=True)
        return
    for bill in lines:
        work.lines.append(_line(work, bill, shared=shared))


def _line(work: _Work, bill: BillLine, *, shared: bool) -> Line:
    due = bill.dues[0]
    charge, price = due.charge, work.price(due)
    cost = charge.unit_cost if work.settings.cost is Cost.WITHOUT_PERFORMANCE else charge.net_price
    item = work.items[charge.offer]
    name = charge.organisation.name
    if price.doubt is Doubt.NO_PRICE:
        work.warn("price_missing", f"{item.name}: {price.words} QuickBooks would bill 0.00.", "Give it one there.")
    elif price.doubt is not None:
        work.warn(price.doubt, f"{item.name}: {price.words}", "Look whether QuickBooks' own price is the right one.")
    elif price.value is not None and price.value < cost:
        work.warn("price_below_cost", f"{item.name}: the price {price.value} is below the cost {cost}.", "Raise it.")
    said = f"{name}: {bill.description}" if shared else bill.description
    return Line(name, bill, item, price, said, cost, work.settings.class_name, work.also_from)


def _warn_of_vanished(work: _Work, connection_id: int, dues: Sequence[Due], known: Known) -> None:
    """Crediting it all would be wrong: an organisation without an id may be called otherwise now, and a file may tell a
    part only.
    """
    organisation = dues[0].charge.organisation
    gone: dict[Period, set[str]] = {}
    for due in dues:
        if due.is_gone:
            gone.setdefault(due.charge.cycle_period, set()).add(due.key)
    for period, keys in sorted(gone.items()):
        told = known.get((connection_id, organisation.key, period), 0)
        if not told:
            work.warn(
                "organisation_vanished",
                f"{organisation.name} was billed for {period}, and nothing is told of it any more.",
                "Is it called otherwise now? Then map the new name and hold this back; else acknowledge it.",
            )
        elif len(keys) >= told:
            work.warn(
                "most_vanished",
                f"{organisation.name} was billed for {period}: {len(keys)} of these are told no more, {told} are.",
                "If a file told a part only, upload all of it; if they are really gone, acknowledge it.",
            )


def _warn_of_before(work: _Work, connection_id: int, due: Due, before: Before) -> None:
    part, product = (connection_id, part_key(due.key, due.part)), due.charge.product
    who = before.customers.get(part)
    if due.instead_of is not None and who is not None and who not in work.customer.keys:
        work.warn(
            "billed_to_another",
            f"{product} was billed to another customer before: this corrects what {work.customer.name} never got.",
            "Hold it back and settle it with the other customer; or acknowledge it.",
        )
    if due.instead_of is None and (day := before.excluded.get(part)) is not None:
        work.warn(
            "excluded_before",
            f"{product} was billed on {day}, and the document was excluded.",
            "If you billed it otherwise, hold this back; else approve it.",
        )
    if (day := before.left_out.get(part)) is not None:
        work.warn(
            "left_out_before",
            f"{product}, {due.period}, was left out on {day} by the terms of then.",
            "Approve it if it is to be billed after all; else hold it back, or change the terms again.",
        )


def _is_less(bill: BillLine) -> bool:
    return (bill.total is not None and bill.total < 0) or (bill.quantity is not None and bill.quantity < 0)


def costs_to_write(lines: Sequence[Line]) -> Iterator[tuple[Item, Decimal, Decimal | None]]:
    """Items whose cost in the books is another one than the distributor's: the cost, and what stands there."""
    seen: set[str] = set()
    for line in lines:
        there = cost_in_books(line.item.entry)
        if line.item.name not in seen and there != line.unit_cost:
            seen.add(line.item.name)
            yield line.item, line.unit_cost, there
