"""Exchanges: what is taken instead of what comes back is paid by it, through an account that is zero in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from qbwc_server.shop.entries import Entry, Role, merged
from qbwc_server.shop.events import Event, EventKind
from qbwc_server.shop.money import NOTHING

_TITLE = "Exchange"


def exchanged(events: Sequence[Event]) -> tuple[Event, ...]:
    """The events of an order, those of one day netted that are a return and what was taken instead.

    Of different days neither is touched: that would change what stands in the books of an earlier one. The customer's
    credit holds it between them.
    """
    found = {one.key: one for one in events}
    for day in dict.fromkeys(one.day for one in events if one.kind is EventKind.EDIT):
        _net(found, day)
    return tuple(found.values())


def _net(events: dict[str, Event], day: date) -> None:
    returns = [one for one in events.values() if one.day == day and one.kind is EventKind.REFUND]
    taken = [one for one in events.values() if one.day == day and one.kind is EventKind.EDIT]
    credit = sum((_credit(one) for one in returns), NOTHING)
    amount = min(credit, _unpaid([one for one in events.values() if one.day <= day], taken, returns))
    if amount <= 0:
        return
    for some, sign in ((returns, 1), (taken, -1)):
        left = amount
        for one in some:
            part = min(left, _credit(one) if sign > 0 else max(one.owed, NOTHING))
            if part > 0:
                entry = Entry(Role.EXCHANGE, Role.EXCHANGE.value, sign * part, _TITLE)
                events[one.key] = replace(one, entries=merged([*one.entries, entry]))
                left -= part


def _credit(refund: Event) -> Decimal:
    """What a return leaves to the customer, since its money did not go back."""
    return max(refund.paid - refund.owed, NOTHING)


def _unpaid(events: Sequence[Event], taken: Sequence[Event], returns: Sequence[Event]) -> Decimal:
    """What is owed for what was taken, but for what the customer has paid too much otherwise."""
    owed = sum((max(one.owed, NOTHING) for one in taken), NOTHING)
    others = [one for one in events if one not in taken and one not in returns]
    spare = sum((one.paid - one.owed for one in others), NOTHING)
    return owed - max(spare, NOTHING)
