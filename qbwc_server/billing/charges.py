"""What a distributor charges: one charge of one organisation for one period, read from what is told upstream."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

from qbwc_server.billing.days import Period
from qbwc_server.documents.problems import Problem

_ADVICE = "Ask the distributor; nothing is billed for this charge as long as it cannot be read."
_KEY_CHARACTERS = 13  # of base 32: 65 bits
_WHOLE = Fraction(1)
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_Word = TypeVar("_Word", bound=StrEnum)


class ChargeKind(StrEnum):
    """What is charged for."""

    SETUP = "Setup"
    RECURRING = "Recurring"
    USAGE = "Usage"
    UNKNOWN = "Unknown"


class Cycle(StrEnum):
    """How often it is charged."""

    ONE_TIME = "OneTime"
    MONTHLY = "Monthly"
    YEARLY = "Yearly"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who is charged for: by the id that the distributor gives, or, where it gives none, by name alone."""

    name: str
    id: str | None = None

    @property
    def key(self) -> str:
        """What it is known by."""
        return f"name:{self.name}" if self.id is None else f"id:{self.id}"


class NotACharge(ValueError):  # says what it is
    """What is told cannot be read as a charge; ``problem`` says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem("not_a_charge", field, message, _ADVICE)


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge. Prices are for one unit of ``quantity``, as the distributor gives them.

    Args:
        cycle_period: the period of the distributor in which the charge was told.
        period: the days that it is for.
        net_price, net_price_prorated: for a whole cycle, and for ``period``.
        performance: what the performance tier takes off a unit.
    """

    organisation: Organisation
    offer: str  # sku, or the product's id where there is none
    product: str
    charge_id: str
    name: str
    kind: ChargeKind
    cycle: Cycle
    period: Period
    cycle_period: Period
    quantity: Decimal
    net_price: Decimal
    net_price_prorated: Decimal
    currency: str
    is_billed: bool
    is_proratable: bool
    performance: Decimal = Decimal(0)

    @property
    def cycle_days(self) -> Period:
        """The whole cycle that ``period`` is of: the year that ends with it, or the distributor's month."""
        if self.cycle is Cycle.YEARLY:
            return _year_until(self.period)
        return self.cycle_period if self.period.first in self.cycle_period else self.period

    @property
    def factor(self) -> Fraction:
        """The part of a whole cycle that is charged; 1 for what is not prorated.

        The distributor's own prices say it. Where they are 0, days do.
        """
        if not self.is_proratable or self.kind is not ChargeKind.RECURRING:
            return _WHOLE
        if self.net_price and self.net_price == self.net_price_prorated:
            return _WHOLE
        if self.net_price:
            return Fraction(self.net_price_prorated) / Fraction(self.net_price)
        return Fraction(self.period.days, max(self.cycle_days.days, self.period.days))

    @property
    def is_once(self) -> bool:
        """Whether it is charged once only, however often it is told."""
        return self.kind is ChargeKind.SETUP or (self.cycle is Cycle.ONE_TIME and self.kind is not ChargeKind.USAGE)

    @property
    def is_change(self) -> bool:
        """Whether it is an addition or a removal within a cycle."""
        return self.kind is ChargeKind.RECURRING and (self.quantity < 0 or self.factor != 1)

    @property
    def unit_cost(self) -> Decimal:
        """What one unit costs for a whole cycle, without what the performance tier takes off."""
        return self.net_price + (self.performance if self.factor == 1 else Decimal(0))


def _year_until(period: Period) -> Period:
    """The twelve months that end as ``period`` ends; or ``period`` itself where it is longer."""
    after = date.fromordinal(period.last.toordinal() + 1)
    leap_day = (after.month, after.day) == (2, 29)
    began = date(after.year - 1, 2, 28) if leap_day else after.replace(year=after.year - 1)
    return Period(min(began, period.first), period.last)


def charge_of(told: Mapping[str, Any], cycle_period: Period, organisation_ids: Mapping[str, str]) -> Charge:
    """The charge that is told; names of fields count in any case, what is not known is passed over.

    Args:
        organisation_ids: ids by the names of organisations, where the distributor gives them.

    Raises:
        NotACharge: something that is needed is missing or unclear.
    """
    of = _Fields(told)
    name = _organisation(of)
    period = _period(of)
    return Charge(
        organisation=Organisation(name, organisation_ids.get(name)),
        offer=of.text("sku") or of.text("productId") or of.needed("productName"),
        product=of.text("productName") or of.text("sku"),
        charge_id=of.text("chargeId"),
        name=of.text("chargeName"),
        kind=of.word("chargeType", ChargeKind),
        cycle=of.word("billingCycleType", Cycle),
        period=period,
        cycle_period=cycle_period,
        quantity=of.number("quantity"),
        net_price=of.number("netPrice"),
        net_price_prorated=of.number("netPriceProrated"),
        currency=of.text("currency"),
        is_billed=of.truth("isBilled"),
        is_proratable=of.truth("isProratable"),
        performance=_performance(of),
    )


def keyed(charges: Iterable[Charge]) -> dict[str, Charge]:
    """Charges by a key of 13 ASCII characters that stays the same for ever: equal ones are numbered.

    Their order is that of what they say, not that in which they were told. What is charged once only and told again in
    a later period of the distributor is the same, as it is told there.
    """
    seen: Counter[tuple[object, ...]] = Counter()
    found: dict[str, Charge] = {}
    for charge in sorted(charges, key=_order):
        named = _named(charge)
        told_in = charge.cycle_period if charge.is_once else None
        seen[told_in, named] += 1
        key = _short((*named, str(seen[told_in, named])))
        if key not in found or charge.cycle_period > found[key].cycle_period:
            found[key] = charge
    return found


def _named(charge: Charge) -> tuple[str, ...]:
    return (
        charge.organisation.key,
        charge.offer,
        charge.charge_id or charge.name,
        charge.kind,
        charge.cycle,
        charge.period.first.isoformat(),
        charge.period.last.isoformat(),
        "removal" if charge.quantity < 0 else "",
    )


def _order(charge: Charge) -> tuple[object, ...]:
    return (*_named(charge), abs(charge.quantity), charge.net_price_prorated, charge.net_price, charge.is_billed)


def _short(parts: tuple[str, ...]) -> str:
    digest = hashlib.sha256(json.dumps(parts).encode()).digest()
    return base64.b32encode(digest).decode()[:_KEY_CHARACTERS]


@lru_cache(maxsize=1000)
def _lower(name: str) -> str:
    return name.lower()


class _Fields:
    """The fields of an object whose names are written in any case."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._values = {_lower(name): value for name, value in told.items()}

    def get(self, name: str) -> Any:
        return self._values.get(_lower(name))

    def text(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise NotACharge(name, f"{name} is no text.")
        return " ".join(value.split())

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found:
            raise NotACharge(name, f"The charge has no {name}.")
        return found

    def number(self, name: str) -> Decimal:
        value = self.get(name)
        as_text = isinstance(value, str) and _NUMBER.fullmatch(value)  # as records keep what is no whole number
        if isinstance(value, bool) or not (as_text or isinstance(value, int | Decimal)):
            raise NotACharge(name, f"{name} is no number.")
        return Decimal(value)

    def truth(self, name: str) -> bool:
        value = self.get(name)
        if not isinstance(value, bool):
            raise NotACharge(name, f"{name} is neither true nor false.")
        return value

    def word(self, name: str, words: type[_Word]) -> _Word:
        value = self.needed(name)
        for word in words:
            if word.lower() == value.lower():
                return word
        raise NotACharge(name, f"{name} is {value[:40]}, which is not known.")

    def objects(self, name: str) -> list[_Fields]:
        value = self.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise NotACharge(name, f"{name} is no list of objects.")
        return [_Fields(one) for one in value]


def day_of(value: object, name: str) -> date:
    """A day, with or without a time behind it. Raises NotACharge."""
    try:
        return datetime.fromisoformat(value).date() if isinstance(value, str) else _no_day(name)
    except ValueError:
        return _no_day(name)


def _no_day(name: str) -> date:
    raise NotACharge(name, f"{name} is no day such as 2026-03-31.")


def _period(of: _Fields) -> Period:
    first, last = day_of(of.get("periodFrom"), "periodFrom"), day_of(of.get("periodTo"), "periodTo")
    if last < first:
        raise NotACharge("periodTo", f"The period ends ({last}) before it begins ({first}).")
    return Period(first, last)


def organisation_named(told: Mapping[str, Any]) -> str:
    """The one organisation that what is told names in its tags. Raises NotACharge where there is none, or several."""
    return _organisation(_Fields(told))


def _organisation(of: _Fields) -> str:
    names = {tag.text("value") for tag in of.objects("tags") if tag.text("name").lower() == "customerdisplayname"}
    names.discard("")
    if len(names) != 1:
        raise NotACharge("tags", "The charge names no organisation." if not names else "The charge names several.")
    return names.pop()


def _performance(of: _Fields) -> Decimal:
    tiers = (one for one in of.objects("deductions") if one.text("deductionType").lower() == "performancepercentage")
    return sum((one.number("unitValue") for one in tiers), Decimal(0))
