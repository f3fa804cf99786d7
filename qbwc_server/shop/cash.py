"""Cash sessions: what should be in a drawer, what was counted, and the entries that tell the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.days import day_of
from qbwc_server.shop.journals import Account, Journal, Move, Posting, balanced, moved
from qbwc_server.shop.money import NOTHING, said
from qbwc_server.shop.nodes import Node, Reader, inner, nodes, number, text
from qbwc_server.shop.order import Place
from qbwc_server.shop.order_node import place_of
from qbwc_server.shop.terms import Terms

CASH_ORIGIN = "shopify:cash:"


@dataclass(frozen=True, slots=True)
class PayInOut:
    """Cash put into a drawer, below zero taken out."""

    id: str
    at: datetime
    amount: Decimal
    note: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One turn at a drawer. Amounts are None where nobody counted, or the shop says nothing."""

    id: str
    register: str
    place: Place
    opened_at: datetime
    closed_at: datetime | None
    opening: Decimal | None
    expected_opening: Decimal | None
    closing: Decimal | None
    expected_closing: Decimal | None
    sales: Decimal = NOTHING
    refunds: Decimal = NOTHING
    moves: tuple[PayInOut, ...] = ()
    opened_by: str = ""
    closed_by: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def expected(self) -> Decimal | None:
        """What should be in the drawer at the end: as the shop says, else by what went in and out."""
        if self.expected_closing is not None:
            return self.expected_closing
        if self.opening is None:
            return None
        return self.opening + self.sales - self.refunds + sum((one.amount for one in self.moves), NOTHING)

    @property
    def over(self) -> Decimal | None:
        """How much more was counted at the end than should be there; below zero short; None: not counted."""
        return None if self.closing is None or self.expected is None else self.closing - self.expected


def session_of(node: Node, currency: str = "") -> Session | None:
    """A session as the API tells it; None where it has no opening, or cash is not tracked in it."""
    reader = Reader(f"Cash session {number(text(node, 'id'))}", currency)
    opened = reader.moment(node, "openingTime")
    if opened is None or node.get("cashTrackingEnabled") is False:
        return None
    closed = reader.moment(node, "closingTime")
    return Session(
        id=number(text(node, "id")),
        register=text(node, "registerName"),
        place=place_of(inner(node, "location")),
        opened_at=opened,
        closed_at=closed,
        opening=reader.told(node, "openingBalance"),
        expected_opening=reader.told(node, "expectedOpeningBalance"),
        closing=reader.told(node, "closingBalance") if closed is not None else None,
        expected_closing=reader.told(node, "expectedClosingBalance") if closed is not None else None,
        sales=reader.money(node, "totalCashSales"),
        refunds=abs(reader.money(node, "totalCashRefunds")),
        moves=tuple(_moves(reader, node, opened)),
        opened_by=text(inner(node, "openingStaffMember"), "name"),
        closed_by=text(inner(node, "closingStaffMember"), "name"),
        problems=tuple(reader.problems),
    )


def _moves(reader: Reader, node: Node, opened: datetime) -> Iterator[PayInOut]:
    for one in nodes(node, "adjustments"):
        at = reader.moment(one, "time") or opened
        who = text(inner(one, "staffMember"), "name")
        yield PayInOut(number(text(one, "id")), at, reader.money(one, "cash"), text(one, "note"), who)


def of_register(sessions: Sequence[Session], terms: Terms) -> Iterator[Journal | Move | Problem]:
    """The entries of one drawer in order of time, and what a person is told; its first float waits for a person."""
    for index, one in enumerate(sorted(sessions, key=lambda one: (one.opened_at, one.id))):
        if index == 0:
            yield from _first_float(one, terms)
        elif one.opening is not None and one.expected_opening is not None:
            yield from _difference(one, one.opening - one.expected_opening, one.opened_at, "opening", terms)
        yield from _pays(one, terms)
        if one.closed_at is None:
            continue
        if one.over is None:
            yield _not_counted(one)
        else:
            yield from _difference(one, one.over, one.closed_at, "closing", terms)


def _first_float(one: Session, terms: Terms) -> Iterator[Journal]:
    asked = Problem(
        "first_float",
        "",
        f"{_drawer(one)} was first opened with {said(one.opening)}; where that came from, the shop does not say.",
        "Correct the account that it came from, and submit the entry; exclude it where the books have it already.",
    )
    entry = balanced(
        f"{CASH_ORIGIN}{one.id}:float",
        day_of(one.opened_at, terms),
        f"{_drawer(one)}: first float",
        [Posting(Account.DRAWER, one.opening or NOTHING, "First float")],
        Account.OPENING,
        one.place,
        (asked,),
    )
    if entry is not None:
        yield entry


def _pays(one: Session, terms: Terms) -> Iterator[Move]:
    for each in one.moves:
        if each.amount:
            what = "pay-in" if each.amount > 0 else "pay-out"
            said = ", ".join(part for part in (each.note, each.who) if part)
            memo = f"{_drawer(one)}: {what}" + (f" ({said})" if said else "")
            accounts = (Account.PAY_IN_OUT, Account.DRAWER)
            yield moved(
                f"{CASH_ORIGIN}{one.id}:{each.id}", day_of(each.at, terms), memo, accounts, each.amount, one.place
            )


def _difference(one: Session, over: Decimal, at: datetime, when: str, terms: Terms) -> Iterator[Journal]:
    who = one.closed_by if when == "closing" else one.opened_by
    memo = f"{_drawer(one)}: {'over' if over > 0 else 'short'} at {when}" + (f", counted by {who}" if who else "")
    entry = balanced(
        f"{CASH_ORIGIN}{one.id}:{when}",
        day_of(at, terms),
        memo,
        [Posting(Account.DRAWER, over, memo)],
        Account.OVER_SHORT,
        one.place,
        one.problems,
    )
    if entry is not None:
        yield replace(entry, postings=tuple(replace(each, memo=memo) for each in entry.postings))


def _not_counted(one: Session) -> Problem:
    sentence = f"{_drawer(one)} was closed without a count; {said(one.expected)} should be in it."
    return Problem("not_counted", "closing", sentence, "Have it counted, and enter the difference by hand.")


def _drawer(one: Session) -> str:
    return " ".join(part for part in ("Drawer", one.register, one.place.name and f"({one.place.name})") if part)
