"""What a refund gives back: its lines, and for money beyond them the customer's credit, shipping, then a difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from qbwc_server.shop.entries import Entry, Role, merged, total
from qbwc_server.shop.money import NOTHING, part_of, share_out
from qbwc_server.shop.order import Order, Refund, RefundLine, Restock
from qbwc_server.shop.sale import Goods, gross_of, per_unit

_TO_STOCK = frozenset((Restock.RETURN, Restock.CANCEL, Restock.LEGACY_RESTOCK))


@dataclass(frozen=True, slots=True)
class Before:
    """How the order stood before the refund.

    Attributes:
        credit: what the customer has paid more than the order is worth.
        owed: what he still owes.
        shipping: with its tax, what is not given back yet.
    """

    credit: Decimal
    owed: Decimal
    shipping: Decimal


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What is given back, below zero. ``of_credit``: the part of the money that was the customer's already."""

    entries: tuple[Entry, ...]
    of_credit: Decimal = NOTHING
    shipping: Decimal = NOTHING


def given_back(order: Order, goods: Mapping[str, Goods], refund: Refund, money: Decimal, before: Before) -> GivenBack:
    """The refund as entries. ``money``: what was really given back, however it went."""
    unit = order.unit
    lines = [(line, _gross(order, line)) for line in refund.lines]
    rest = money - sum((gross for _, gross in lines), NOTHING) - refund.duties
    ships = _shipping_gross(order, refund, rest)
    rest -= ships
    filled: list[tuple[RefundLine, Decimal]] = []
    for line, gross in lines:
        worth = _worth(goods, line, unit) if not gross and rest > 0 else NOTHING
        filled.append((line, gross + min(worth, max(rest, NOTHING))))
        rest -= min(worth, max(rest, NOTHING))
    entries = [one for line, gross in filled for one in _line(order, goods, line, gross)]
    entries += _shipping(order, ships - refund.shipping_tax, refund.shipping_tax)
    entries.append(Entry(Role.DUTIES, "duties", -refund.duties, "Duties"))
    of_credit = min(max(rest, NOTHING), before.credit)
    rest -= of_credit
    more = min(max(rest, NOTHING), max(before.shipping - ships, NOTHING))
    entries += _more_shipping(order, more)
    rest -= more
    difference = rest if rest > 0 else _kept_back(refund, money, rest, before)
    entries.append(Entry(Role.REFUND_DIFFERENCES, "refund", -difference, "Refund difference"))
    return GivenBack(merged(entries), of_credit, ships + more)


def _shipping_gross(order: Order, refund: Refund, money: Decimal) -> Decimal:
    """The shipping with its tax. Where prices hold the tax, what is told may hold it or not: the sums say which."""
    on_top = refund.shipping + refund.shipping_tax
    if not order.tax_included or on_top in (shipping_of(order)[0], money):
        return on_top
    return refund.shipping


def _kept_back(refund: Refund, money: Decimal, rest: Decimal, before: Before) -> Decimal:
    """What was given back less than the lines come to, unless the customer did not owe it any more; below zero."""
    less = -rest - min(-rest, before.owed)
    return -less if money else -min(less, refund.kept_back)


def _gross(order: Order, line: RefundLine) -> Decimal:
    return line.subtotal if order.tax_included else line.subtotal + line.tax


def _worth(goods: Mapping[str, Goods], line: RefundLine, unit: Decimal) -> Decimal:
    known = goods.get(line.item)
    return NOTHING if known is None else gross_of(known, line.quantity, unit)


def _line(order: Order, goods: Mapping[str, Goods], line: RefundLine, gross: Decimal) -> Iterator[Entry]:
    """A line given back, to the cent as the shop says it; the parts of it as they were sold."""
    known = goods.get(line.item)
    if known is None:
        yield Entry(Role.SALES, "returned", -(gross - line.tax), "Returned", returned=True, restocked=False)
        yield Entry(Role.TAX, "Tax", -line.tax, "Tax")
        return
    parts = per_unit(known, line.quantity, order.unit)
    taxes = [one for one in parts if one.role is Role.TAX]
    others = [one for one in parts if one.role is not Role.TAX]
    stated = line.subtotal or line.tax
    tax = line.tax if stated else part_of(gross, total(taxes), total(parts), order.unit)
    if taxes:
        weights = [abs(one.amount) for one in known.entries if one.role is Role.TAX]  # not rounded yet
        shares = share_out(tax, weights, order.unit)
        yield from (replace(one, amount=-share) for one, share in zip(taxes, shares, strict=True))
    elif tax:
        yield Entry(Role.TAX, "Tax", -tax, "Tax")
    off = gross - tax - total(others)
    to_stock = line.restock in _TO_STOCK
    for index, one in enumerate(others):
        back = one.negated() if index else replace(one, amount=-one.amount - off, quantity=-line.quantity)
        yield replace(back, returned=True, restocked=to_stock) if one.role is Role.SALES else back


def _shipping(order: Order, net: Decimal, tax: Decimal) -> Iterator[Entry]:
    if not net and not tax:
        return
    lines = [one for one in order.shipping if not one.is_removed]
    first = lines[0] if lines else None
    yield Entry(Role.SHIPPING, first.id if first else "shipping", -net, first.title if first else "Shipping")
    taxes = [one for line in lines for one in line.taxes]
    if tax and not taxes:
        yield Entry(Role.TAX, "Tax", -tax, "Tax")
    elif tax:
        for one, share in zip(taxes, share_out(tax, [abs(one.amount) for one in taxes], order.unit), strict=True):
            yield Entry(Role.TAX, one.title, -share, one.title, theirs=one.theirs)


def _more_shipping(order: Order, gross: Decimal) -> Iterator[Entry]:
    """Shipping that no refund line tells of, with its share of tax."""
    whole, tax = shipping_of(order)
    yield from _shipping(order, gross - (share := part_of(tax, gross, whole, order.unit)), share)


def shipping_of(order: Order) -> tuple[Decimal, Decimal]:
    """All of the shipping with its tax, and that tax."""
    lines = [one for one in order.shipping if not one.is_removed]
    tax = sum((one.amount for line in lines for one in line.taxes), NOTHING)
    net = sum((line.price - line.discount for line in lines), NOTHING)
    return (net if order.tax_included else net + tax), tax
