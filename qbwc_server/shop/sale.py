"""What an order sells, as entries that foot with the shop's own total, or a sentence that says by how much not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from qbwc_server.documents.problems import Problem
from qbwc_server.shop.entries import Entry, Role, merged, tax_entries, total
from qbwc_server.shop.money import NOTHING, part_of, rounded, share_out
from qbwc_server.shop.order import Change, Extra, Item, Order, SaleOf, Tax
from qbwc_server.shop.terms import Discounts, Terms

_ROLES = {
    SaleOf.PRODUCT: Role.SALES,
    SaleOf.GIFT_CARD: Role.GIFT_CARDS,
    SaleOf.SHIPPING: Role.SHIPPING,
    SaleOf.TIP: Role.TIPS,
    SaleOf.DUTY: Role.DUTIES,
    SaleOf.ADDITIONAL_FEE: Role.FEES,
    SaleOf.FEE: Role.FEES,
    SaleOf.ADJUSTMENT: Role.REFUND_DIFFERENCES,
}
_ADVICE = "Compare it with the order in Shopify, and enter the document by hand as it should be."


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold, without units that were taken out of the order. ``rounding``: the part that is a difference."""

    entries: tuple[Entry, ...]
    taken_out: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    rounding: Decimal = NOTHING


@dataclass
class Goods:
    """What one line of an order comes to, all units: its entries, and how much of it each unit is."""

    item: Item
    entries: tuple[Entry, ...]
    taken_out: Decimal = field(default=NOTHING)  # units

    @property
    def gross(self) -> Decimal:
        """With tax, after discounts."""
        return total(self.entries)


def goods_of(order: Order, terms: Terms) -> list[Goods]:
    """What each line comes to."""
    extra = _not_allocated(order)
    shares = share_out(extra, [_off_able(item) for item in order.items], order.unit) if order.items else []
    return [
        Goods(item, tuple(_of_item(order, item, item.discount + share, terms)), _taken_out(order, item))
        for item, share in zip(order.items, shares, strict=True)
    ]


def sold(order: Order, terms: Terms) -> Sold:
    """All that the order sells."""
    goods = goods_of(order, terms)
    out = [one for each in goods for one in _out_of(order, each, terms)]
    everything = [*(one for each in goods for one in each.entries), *_extras(order, terms), *_tips(order)]
    everything += _unassigned_taxes(order, everything)
    difference, everything, problems = _footed(order, everything, terms)
    removed = merged(one.negated() for one in out)
    kept = merged([*everything, *removed])
    again, kept, more = _footed_with_current(order, kept, terms)
    return Sold(kept, removed, (*problems, *more), difference + again)


def change_entries(order: Order, change: Change, item: Item | None, terms: Terms) -> Iterator[Entry]:
    """A line of an edit as entries, with the amounts that the shop says."""
    yield from _changed(order, change, item or Item(change.of, change.title, NOTHING, None, NOTHING), terms)
    yield from tax_entries(change.taxes)


def _changed(order: Order, change: Change, item: Item, terms: Terms) -> Iterator[Entry]:
    role = _ROLES.get(change.about, Role.SALES)
    title = item.title or change.title or role.value.replace("_", " ").capitalize()
    of = change.of or role.value
    whole = Entry(role, of, change.net, title, item.sku, item.product_type, quantity=change.quantity)
    if role not in (Role.SALES, Role.GIFT_CARDS) or (role is Role.SALES and terms.discounts is Discounts.NET):
        yield whole
        return
    inside = sum((one.amount for one in change.taxes), NOTHING) if order.tax_included else NOTHING
    listed = change.net if change.quantity and not item.price else item.price * change.quantity - inside
    yield replace(whole, amount=listed if change.quantity else NOTHING)
    off = Role.PROMOTION if role is Role.GIFT_CARDS else Role.DISCOUNTS
    yield Entry(off, of, change.net - (listed if change.quantity else NOTHING), f"Discount on {title}")


def _out_of(order: Order, goods: Goods, terms: Terms) -> Iterator[Entry]:
    """The units of a line that were taken out: as the edits say, else their part of it."""
    changes = [one for edit in order.edits for one in edit.changes if one.of == goods.item.id and one.quantity < 0]
    if goods.taken_out and sum((one.quantity for one in changes), NOTHING) == -goods.taken_out:
        for one in changes:
            yield from (entry.negated() for entry in change_entries(order, one, goods.item, terms))
        return
    yield from (one.part(goods.taken_out, goods.item.quantity, order.unit) for one in goods.entries)


def _of_item(order: Order, item: Item, discount: Decimal, terms: Terms) -> Iterator[Entry]:
    listed = rounded(item.listed, order.unit)
    role = Role.GIFT_CARDS if item.is_gift_card else Role.TIPS if item.is_tip else Role.SALES
    taxes = item.taxes
    inside = sum((tax.amount for tax in taxes), NOTHING) if order.tax_included else NOTHING
    amount = listed - inside
    whole = Entry(role, item.id, amount, item.title, item.sku, item.product_type, quantity=item.quantity)
    if item.is_gift_card:  # the whole of its face is owed to whoever holds it
        yield whole
        yield Entry(Role.PROMOTION, item.id, -discount, f"Discount on {item.title}")
    elif terms.discounts is Discounts.NET or item.is_tip:
        yield replace(whole, amount=amount - discount)
    else:
        yield whole
        yield Entry(Role.DISCOUNTS, item.id, -discount, f"Discount on {item.title}")
    yield from tax_entries(taxes)


def _extras(order: Order, terms: Terms) -> Iterator[Entry]:
    rows = [(Role.SHIPPING, one) for one in order.shipping if not one.is_removed]
    rows += [(Role.DUTIES, one) for one in order.duties] + [(Role.FEES, one) for one in order.fees]
    for role, one in rows:
        yield from _of_extra(order, role, one, terms)


def _of_extra(order: Order, role: Role, extra: Extra, terms: Terms) -> Iterator[Entry]:
    included = order.tax_included and role is Role.SHIPPING
    inside = sum((tax.amount for tax in extra.taxes), NOTHING) if included else NOTHING
    off = extra.discount
    net = terms.discounts is Discounts.NET
    yield Entry(role, extra.id, extra.price - inside - (off if net else NOTHING), extra.title)
    if not net:
        yield Entry(Role.DISCOUNTS, f"{role}:{extra.id}", -off, f"Discount on {extra.title or role}")
    yield from tax_entries(extra.taxes)


def _tips(order: Order) -> Iterator[Entry]:
    """What the shop has received in tips, but for those that stand among the lines."""
    among = sum((item.listed for item in order.items if item.is_tip), NOTHING)
    if (rest := order.totals.tips - among) > 0:
        yield Entry(Role.TIPS, "tips", rest, "Tips")


def _unassigned_taxes(order: Order, entries: Sequence[Entry]) -> list[Entry]:
    """Taxes that only the order as a whole tells of."""
    if any(one.role is Role.TAX for one in entries):
        return []
    said = order.totals.tax or NOTHING
    taxes = order.taxes or ((Tax("Tax", said),) if said else ())
    found = list(tax_entries(taxes))
    if order.tax_included and found:
        weights = [max(one.amount, NOTHING) if one.role in (Role.SALES, Role.SHIPPING) else NOTHING for one in entries]
        shares = share_out(total(found), weights, order.unit) if entries else []
        found += [Entry(e.role, e.of, -s, e.title) for e, s in zip(entries, shares, strict=True) if s]
    return found


def _not_allocated(order: Order) -> Decimal:
    """What was taken off the goods and is allocated to none of them."""
    goods = sum((item.listed - item.discount for item in order.items), NOTHING)
    allocated = sum((item.discount for item in order.items), NOTHING) + sum((x.discount for x in order.extras), NOTHING)
    if order.totals.subtotal is None:
        return NOTHING
    tips = sum((item.listed for item in order.items if item.is_tip), NOTHING)
    missing = {goods - order.totals.subtotal, goods - tips - order.totals.subtotal}
    said = order.totals.discounts
    wanted = None if said is None else said - allocated
    if NOTHING in missing:
        return NOTHING
    if wanted is not None:
        return wanted if wanted > 0 and wanted in missing else NOTHING
    off = min(missing)
    return off if not allocated and off > 0 else NOTHING


def _off_able(item: Item) -> Decimal:
    return NOTHING if item.is_tip or item.is_gift_card else max(item.listed - item.discount, NOTHING)


def _taken_out(order: Order, item: Item) -> Decimal:
    """Units that were taken out of the order without being refunded."""
    if item.kept is None:
        return NOTHING
    return max(item.quantity - item.kept - order.refunded_units(item.id), NOTHING)


# Foot before post


def _footed(order: Order, entries: list[Entry], terms: Terms) -> tuple[Decimal, list[Entry], list[Problem]]:
    """The entries with what little is lacking, or why they do not come to the total."""
    problems = [*_tax_disagrees(order, entries, terms)]
    said = order.totals.total
    if said is None:
        return NOTHING, entries, problems
    comes_to = total(entries)
    tips = total(one for one in entries if one.role is Role.TIPS)
    wanted = min((said, said + tips), key=lambda one: abs(one - comes_to))  # the total may be without tips
    difference = wanted - comes_to
    if not difference:
        return NOTHING, entries, problems
    if abs(difference) <= terms.rounding_cap:
        return difference, [*entries, Entry(Role.ROUNDING, "rounding", difference, "Rounding difference")], problems
    return NOTHING, entries, [*problems, does_not_foot(order, "its total", comes_to, said, entries)]


def _footed_with_current(
    order: Order, kept: tuple[Entry, ...], terms: Terms
) -> tuple[Decimal, tuple[Entry, ...], list[Problem]]:
    """What is left of an order after units were taken out, as long as nothing was given back."""
    said, comes_to = order.totals.current, total(kept)
    if said is None or order.refunds or order.cancelled_at is not None or order.totals.total in (None, said):
        return NOTHING, kept, []
    tips = total(one for one in kept if one.role is Role.TIPS)
    difference = min((said - comes_to, said + tips - comes_to), key=abs)
    if abs(difference) > terms.rounding_cap:
        return NOTHING, kept, [does_not_foot(order, "what it comes to now", comes_to, said, kept)]
    return difference, merged([*kept, Entry(Role.ROUNDING, "rounding", difference, "Rounding difference")]), []


def _tax_disagrees(order: Order, entries: Sequence[Entry], terms: Terms) -> Iterator[Problem]:
    taxes, said = total(one for one in entries if one.role is Role.TAX), order.totals.tax
    if said is not None and abs(taxes - said) > terms.rounding_cap:
        yield Problem(
            "tax_does_not_foot",
            "tax",
            f"The taxes on the lines of {order.called} come to {taxes}, and the shop says that its tax is {said}.",
            _ADVICE,
        )


def does_not_foot(
    order: Order, what: str, comes_to: Decimal, said: Decimal, entries: Sequence[Entry] | tuple[Entry, ...]
) -> Problem:
    """That the entries come to something else than what the shop says, with the figures."""
    by_role: dict[Role, Decimal] = {}
    for one in entries:
        by_role[one.role] = by_role.get(one.role, NOTHING) + one.amount
    parts = ", ".join(f"{role.value.replace('_', ' ')} {amount}" for role, amount in by_role.items() if amount)
    sentence = f"The parts of {order.called} ({parts}) come to {comes_to}, and {what} is {said}: {said - comes_to} off."
    return Problem("does_not_foot", "total", sentence[:1].upper() + sentence[1:], _ADVICE)


def per_unit(goods: Goods, units: Decimal, unit: Decimal) -> list[Entry]:
    """The entries of so many units of a line."""
    return [one.part(units, goods.item.quantity, unit) for one in goods.entries]


def gross_of(goods: Goods, units: Decimal, unit: Decimal) -> Decimal:
    """What so many units of a line come to, with tax and after discounts."""
    return part_of(goods.gross, units, goods.item.quantity, unit)
