"""Charges as tests of billing need them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from qbwc_server.billing.charges import Charge, ChargeKind, Cycle, Organisation
from qbwc_server.billing.days import Period
from qbwc_server.billing.terms import BillingTerms, Mode

CONTOSO = Organisation("Contoso 株式会社", "c-1")


def terms(mode: Mode = Mode.PRE_BILL, day: int = 1, **more: object) -> BillingTerms:
    """Terms that begin early."""
    return BillingTerms.model_validate({"mode": mode, "day": day, "first_day": date(2024, 1, 1), **more})


def month(year: int, number: int) -> Period:
    """A whole month."""
    after = date(year + number // 12, number % 12 + 1, 1)
    return Period(date(year, number, 1), after - timedelta(days=1))


def charge(
    period: Period,
    quantity: str = "10",
    price: str = "12.00",
    *,
    offer: str = "M365",
    cycle: Cycle = Cycle.MONTHLY,
    kind: ChargeKind = ChargeKind.RECURRING,
    whole: Period | None = None,
    organisation: Organisation = CONTOSO,
    billed: bool = True,
    prorated: str | None = None,
) -> Charge:
    """A charge; what is for fewer days than the ``whole`` cycle is prorated by days, to the places of a decimal."""
    cycle_period = whole or period
    part = Fraction(Decimal(price)) * period.days / cycle_period.days
    return Charge(
        organisation=organisation,
        offer=offer,
        product=f"{offer} licence",
        charge_id=f"charge-{offer}",
        name="Licence",
        kind=kind,
        cycle=cycle,
        period=period,
        cycle_period=cycle_period,
        quantity=Decimal(quantity),
        net_price=Decimal(price),
        net_price_prorated=Decimal(prorated or part.numerator) / (1 if prorated else part.denominator),
        currency="USD",
        is_billed=billed,
        is_proratable=True,
    )
