"""Sales tax before the start: what the company file charges, and that it adds none to what a source charged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.keys import name_key
from qbwc_server.books.mirror.models import MirrorEntry
from qbwc_server.books.models import CompanyFacts, ListEntry, Presence
from qbwc_server.books.preferences import file_facts
from qbwc_server.channels.connections.tax_once import TaxOnce
from qbwc_server.channels.start import Start
from qbwc_server.errors import Conflict, Invalid
from qbwc_server.list_kinds import ListKind, usable_name
from qbwc_server.posting.entries.adding import TAX_VENDOR
from qbwc_server.posting.entries.ensure import ask_for_tax_item
from qbwc_server.posting.submitting.submit import lock
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company


class TaxItemThere(Conflict):
    """QuickBooks has an item of that name."""

    code = "tax_item_there"
    advice = "Choose it, or give the new one another name."


@dataclass(frozen=True, slots=True)
class TaxSeen:
    """Sales tax of a company file, beside what a source charges.

    Args:
        charged: whether QuickBooks charges sales tax; None: it has not said yet.
        usual_item, usual_rate: its most common sales tax item and the percent of it, where they are known.
        item, rate: what the options name for documents of the source; left out, the most common one.
        code: with which lines go to QuickBooks; None: no code that is not taxable is known.
        code_is_free: whether that code is known to be free of tax.
        coming: name of a sales tax item that is added with the next update.
    """

    charged: bool | None
    usual_item: str | None
    usual_rate: Decimal | None
    item: str | None
    rate: Decimal | None
    code: str | None
    code_is_free: bool
    coming: str | None


def tax_seen(db: Session, company_id: int, start: Start, options: Mapping[str, Any]) -> TaxSeen:
    """As the company file was when it was last open."""
    said, once = file_facts(db.get(CompanyFacts, company_id)).preferences, TaxOnce.of(db, company_id)
    item = options.get(start.tax_item) or None
    code = options.get(start.tax_code) or once.untaxed
    return TaxSeen(
        said.sales_tax,
        said.sales_tax_item,
        _rate(db, company_id, said.sales_tax_item),
        item,
        _rate(db, company_id, item),
        code,
        code is not None and once.codes.get(name_key(code)) is False,
        _coming(db, company_id),
    )


def add_tax_item(db: Session, company: Company, name: str, vendor: str, *, by: Actor, now: datetime) -> None:
    """Have QuickBooks add a sales tax item of 0 % with the next update, once however often it is asked.

    Args:
        vendor: to whom sales tax is paid; QuickBooks has it already.

    Raises:
        Invalid: the name cannot be that of an item, or QuickBooks has no such vendor.
        TaxItemThere: there is an item of that name.
    """
    try:
        wanted = usable_name(ListKind.SALES_TAX_ITEM, name)
    except ValueError as error:
        raise Invalid(f"This cannot be the name of a sales tax item: {error}.") from None
    if ":" in wanted:
        raise Invalid("This cannot be the name of a sales tax item: they stand under nothing, and have no colon.")
    if _entry(db, company.id, ListKind.ITEM, wanted) is not None:
        raise TaxItemThere(f"QuickBooks has an item {wanted}.")
    known = _entry(db, company.id, ListKind.VENDOR, vendor.strip())
    if known is None:
        raise Invalid(
            f"QuickBooks has no vendor {vendor.strip()[:60]!r}.", advice="Name the vendor who gets sales tax."
        )
    lock(db, company)
    ask_for_tax_item(db, company, wanted, known.full_name, now)
    said = {"sales_tax_item": wanted, "vendor": known.full_name}
    note_audit(db, Audited.TAX_ITEM_ASKED_FOR, by=by, now=now, company_id=company.id, subject=wanted, after=said)


def _rate(db: Session, company_id: int, item: str | None) -> Decimal | None:
    row = None if item is None else _entry(db, company_id, ListKind.ITEM, item)
    try:
        return None if row is None or row.rest.get("tax_rate") is None else Decimal(str(row.rest["tax_rate"]))
    except InvalidOperation:
        return None


def _entry(db: Session, company_id: int, kind: ListKind, name: str) -> MirrorEntry | None:
    return db.scalar(
        select(MirrorEntry)
        .where(
            MirrorEntry.company_id == company_id,
            MirrorEntry.kind == kind,
            MirrorEntry.name_key == name_key(name),
            MirrorEntry.gone.is_(None),
        )
        .limit(1)
    )


def _coming(db: Session, company_id: int) -> str | None:
    """The newest sales tax item that was asked for and that QuickBooks has not told of yet."""
    rows = db.scalars(
        select(ListEntry)
        .where(
            ListEntry.company_id == company_id,
            ListEntry.kind == ListKind.ITEM,
            ListEntry.presence == Presence.UNKNOWN,
            ListEntry.details.is_not(None),
        )
        .order_by(ListEntry.id.desc())
    )
    return next((row.full_name for row in rows if TAX_VENDOR in (row.details or {})), None)
