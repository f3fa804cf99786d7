"""The distributor of a demo: connected, asked what it charges, and billed for the month before this one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from qbwc_server import clock
from qbwc_server.billing_runs.keeping import NoBillingSettings, change_settings, charge_connections, settings_row
from qbwc_server.billing_runs.models import Outcome
from qbwc_server.billing_runs.running import run_billing
from qbwc_server.channels.connections.running import run_connection
from qbwc_server.channels.connections.setting_up import Choices, add_connection, change_connection
from qbwc_server.channels.sherweb.channel import SHERWEB
from qbwc_server.cli.demo_folder import COMPANY
from qbwc_server.db import Database
from qbwc_server.mapping.acts import map_word
from qbwc_server.mapping.deciding import choice_of
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.reports.billing import report_record
from qbwc_server.settings import Settings
from qbwc_server.simulator.books import Books
from qbwc_server.simulator.distributor.answering import Distributor
from qbwc_server.simulator.distributor.charging import recorded
from qbwc_server.simulator.distributor.serving import serving
from qbwc_server.tenancy import companies
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.models import Company
from qbxml.messages.item import SalesAndPurchase

# what stands in QuickBooks for an offer: its name, its price, and what it costs
_ITEMS = {
    "M365-BS": ("Microsoft 365 Business Standard", Decimal("15.00"), Decimal("12.00")),
    "BACKUP": ("Cloud Backup, GB", Decimal("0.25"), Decimal("0.18")),
}
_CUSTOMERS = ("Contoso Dental", "Fabrikam Works", "Northwind Cafe")
_NOT_BILLED = {Outcome.ORPHAN.value, Outcome.WAITS.value}


@dataclass(frozen=True)
class DemoBilling:
    """What a demo billed, as the report of the day tells it, and what of it is not as it should be."""

    report: dict[str, Any]
    deviations: list[str]


def add_what_is_billed(books: Books) -> None:
    """Items and customers of subscriptions, as somebody has entered them in QuickBooks."""
    accounts = books.lists
    for name, price, cost in _ITEMS.values():
        both = SalesAndPurchase(
            sales_desc=name,
            sales_price=price,
            income_account=accounts.account("Service Income").ref,
            purchase_cost=cost,
            expense_account=books.special("CostOfGoodsSold").ref,
        )
        tax_code = books.tax_code(taxable=False).ref
        books.create("ItemService", name, values={"sales_and_purchase": both, "sales_tax_code": tax_code})
    for name in _CUSTOMERS:
        books.create("Customer", name)


@contextmanager
def distributor_of(database: Database, settings: Settings, *, by: Actor) -> Iterator[int]:
    """The distributor, for as long as the demo lasts; the id of the connection to it."""
    distributor = Distributor(recorded(clock.now().date()))
    with serving(distributor) as address:
        options = {**distributor.options(address), "service_provider": True}
        with database.transaction() as db:
            company = companies.find_company(db, COMPANY)
            known = charge_connections(db, company.id)
            now = clock.now()
            if known:
                change_connection(db, known[0], options, Choices(), settings=settings, by=by, now=now)
                connection = known[0].id
            else:
                connection = add_connection(
                    db, company, SHERWEB, options, Choices(title="Distributor"), settings=settings, by=by, now=now
                ).id
        yield connection


def bill(database: Database, settings: Settings, connection: int, *, by: Actor) -> date:
    """Ask what is charged, and bill the day that the company said; the lists have been read."""
    run_connection(database, COMPANY, connection, settings=settings, by=by, clock=clock.now)
    with database.transaction() as db:
        company = companies.find_company(db, COMPANY)
        day = _day_said(db, company) or _say_how(db, company, by)
    run_billing(database, COMPANY, day, by=by, clock=clock.now)
    return day


def billed(database: Database, day: date) -> DemoBilling:
    """What became of the day, once QuickBooks has its invoices."""
    with database.reading() as db:
        report = report_record(db, companies.find_company(db, COMPANY), day)
    return DemoBilling(report, list(_deviations(report, day)))


def _day_said(db: Session, company: Company) -> date | None:
    try:
        return date.fromisoformat(settings_row(db, company.id).settings["first_day"])
    except NoBillingSettings:
        return None


def _say_how(db: Session, company: Company, by: Actor) -> date:
    """Licences are billed at the beginning of a month, changes by their days; from the month before this one on."""
    now = clock.now()
    day = (now.date().replace(day=1) - timedelta(days=1)).replace(day=1)
    said = {"mode": "pre_bill", "day": 1, "first_day": day.isoformat(), "proration": "both"}
    change_settings(db, company, said, by=by, now=now)
    for word, (name, _, _) in _ITEMS.items():
        chosen = choice_of(name, None, None, never=False)
        map_word(db, company, WordKind.ITEM, word, chosen, by=by, now=now)
    for name, number in _organisations().items():
        chosen = choice_of(name, None, None, never=False)
        map_word(db, company, WordKind.CUSTOMER, number, chosen, by=by, now=now)
    return day


def _organisations() -> dict[str, str]:
    """The ids of the distributor's organisations by name."""
    return {str(one["displayName"]): number for number, one in recorded(clock.now().date()).organisations.items()}


def _deviations(report: dict[str, Any], day: date) -> Iterator[str]:
    """Held against what the distributor charges, which nothing of the run has added up."""
    if sorted(one["customer"] for one in report["documents"]) != sorted(_CUSTOMERS):
        yield f"Not {len(_CUSTOMERS)} customers were billed but {len(report['documents'])}."
    sums = {one["outcome"]: Decimal(one["cost"]) for one in report["charges"]}
    charged = sum((one["subTotal"] for one in recorded(day, months=1).payable(day)["charges"]), Decimal(0))
    if sums.get(Outcome.BILLED) != charged:
        yield f"The distributor charges {charged} for the month, and {sums.get(Outcome.BILLED)} was billed."
    for outcome in _NOT_BILLED & sums.keys():
        yield f"Charges of {sums[outcome]} are not billed: {outcome}."
