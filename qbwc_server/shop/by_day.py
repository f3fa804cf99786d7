"""The orders of a place and day as few documents: a receipt for each way of payment, and one sale for what is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.entries import Entry, Role, merged, total
from qbwc_server.shop.events import Event, EventKind, Ledger, Tender
from qbwc_server.shop.money import NOTHING
from qbwc_server.shop.order import Place
from qbwc_server.shop.planned import DAY_ORIGIN, Kind, Planned, Plans
from qbwc_server.shop.terms import Terms

_AT_ONCE = timedelta(minutes=1)  # what is further apart may have been told of one after the other
_OF_MONEY = (EventKind.REFUND, EventKind.MONEY_BACK)


class Rest(StrEnum):
    """What is no receipt of one way of payment."""

    SPLIT = "split"  # paid by several ways
    ACCOUNT = "account"  # not paid on its day, or not sold on it


@dataclass
class _Bucket:
    entries: list[Entry] = field(default_factory=list)
    back: list[Entry] = field(default_factory=list)  # of what comes to less than nothing
    money: dict[str, Decimal] = field(default_factory=dict)
    given: list[Tender] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, events: Sequence[Event], problems: Iterable[Problem]) -> None:
        """Events of one order that stand or fall together."""
        owed = sum((one.owed for one in events), NOTHING)
        (self.entries if owed >= 0 else self.back).extend(entry for one in events for entry in one.entries)
        for tender in (tender for one in events for tender in one.tenders if tender.amount):
            if tender.amount > 0:
                self.money[tender.gateway] = self.money.get(tender.gateway, NOTHING) + tender.amount
            else:
                self.given.append(tender)
        self.problems += problems


def by_day(ledgers: Iterable[Ledger], place: Place, day: date, terms: Terms) -> list[Planned]:
    """The documents of a place and day; they come to what single documents of the same orders come to.

    Args:
        ledgers: of all orders that have anything to do with this place and day.
    """
    receipts: dict[str, _Bucket] = {}
    rest: dict[Rest, _Bucket] = {}
    for ledger in ledgers:
        for events in _apart(ledger, place, day):
            way = _way(events)
            bucket = rest.setdefault(way, _Bucket()) if isinstance(way, Rest) else receipts.setdefault(way, _Bucket())
            bucket.take(events, ledger.problems)
    origin = f"{DAY_ORIGIN}{place.id or terms.shop}:{day.isoformat()}"
    blank = Planned(Kind.INVOICE, origin, day, place, NOTHING, memo=f"{place.name or 'Web shop'} {day.isoformat()}")
    plans = Plans(terms.cash_gateways)
    for way, bucket in sorted(receipts.items()):
        _receipt(plans, blank, way, bucket)
    for which, bucket in sorted(rest.items()):
        _on_account(plans, blank, which, bucket)
    return plans.done()


def summed_up(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries without names, numbers and quantities: one for each kind of product, and for each tax."""
    return tuple(
        one
        for one in merged(
            Entry(
                one.role, _together(one), one.amount, _title(one), product_type=one.product_type, returned=one.returned
            )
            for one in entries
        )
        if one.amount
    )


def _together(entry: Entry) -> str:
    return entry.of if entry.role is Role.TAX else entry.product_type if entry.role is Role.SALES else ""


def _title(entry: Entry) -> str:
    return _together(entry) or entry.role.value.replace("_", " ").capitalize()


def _apart(ledger: Ledger, place: Place, day: date) -> Iterator[list[Event]]:
    """What happened with an order then and there, in parts none of which moves when more happens on the day.

    What was sold and paid at once is one part; each refund with its money is, and whatever happened at another time.
    """
    here = [one for one in ledger.events if one.day == day and one.place.id == place.id]
    back = [one for one in here if one.kind in _OF_MONEY]
    sale = [one for one in here if one.kind not in _OF_MONEY]
    for refund in back:
        yield [refund]
    if sale and max(one.at for one in sale) - min(one.at for one in sale) <= _AT_ONCE:
        yield sale
    else:
        yield from ([one] for one in sale)


def _way(events: Sequence[Event]) -> str | Rest:
    """By which way it was paid, all of it; empty: nothing was to pay."""
    ways = {tender.gateway for one in events for tender in one.tenders}
    if sum((one.owed for one in events), NOTHING) != sum((one.paid for one in events), NOTHING):
        return Rest.ACCOUNT
    return Rest.SPLIT if len(ways) > 1 else next(iter(ways), "")


def _receipt(plans: Plans, blank: Planned, way: str, bucket: _Bucket) -> None:
    """What was sold by one way, and beside it what was given back by it.

    They are not netted: while the day goes on one would outgrow the other, and a receipt cannot become a credit memo.
    """
    origin = f"{blank.origin}:{_plain(way)}" if way else f"{blank.origin}:paid"
    planned = replace(blank, origin=origin, gateway=way, problems=_once(bucket.problems))
    if lines := merged(bucket.entries):
        plans.documents.append(replace(planned, kind=Kind.SALES_RECEIPT, lines=lines, amount=total(lines)))
    if lines := merged(bucket.back):
        credit = f"{origin}:credit"
        plans.sale(replace(planned, origin=credit, lines=lines))
        _give_back(plans, planned, bucket, credit)


def _give_back(plans: Plans, planned: Planned, bucket: _Bucket, credit: str = "") -> None:
    """Each refund of money by itself: QuickBooks does not change one to a card that stands there."""
    for one in sorted(bucket.given, key=lambda one: (one.at, one.id)):
        origin = f"{planned.origin}:back:{one.id}"
        plans.money_back(replace(planned, origin=origin, gateway=one.gateway, amount=-one.amount), credit)


def _on_account(plans: Plans, blank: Planned, which: Rest, bucket: _Bucket) -> None:
    origin = f"{blank.origin}:{which}"
    planned = replace(blank, origin=origin, problems=_once(bucket.problems))
    own = Plans(plans.cash_gateways)
    for suffix, entries in (("", bucket.entries), (":credit", bucket.back)):
        if lines := merged(entries):
            own.sale(replace(planned, origin=f"{origin}{suffix}", lines=lines))
    for way, amount in sorted(bucket.money.items()):
        own.money(replace(planned, origin=f"{origin}:{_plain(way)}", gateway=way, amount=amount))
    _give_back(own, planned, bucket)
    plans.documents += own.done()


def _plain(way: str) -> str:
    """A way of payment as part of an origin."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in way)[:40] or "other"


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))
