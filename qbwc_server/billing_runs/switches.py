"""What a person switches: an offer, an organisation, an offer of one organisation; and whose invoices are updated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.billing_runs.models import ALL, LONGEST_OFFER, LONGEST_ORGANISATION, BillingSwitch
from qbwc_server.billing_runs.settings import Makes
from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.errors import Invalid
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Switches:
    """What was said for the offers and organisations of one connection."""

    offers: dict[tuple[str, str], bool] = field(default_factory=dict)  # by organisation ("": all) and offer ("": all)
    makes: dict[str, Makes] = field(default_factory=dict)  # by organisation

    def synchronises(self, organisation: str, offer: str) -> bool:
        """Whether an offer of an organisation is billed: the narrowest that was said counts; else it is."""
        for key in ((organisation, offer), (organisation, ALL), (ALL, offer)):
            if key in self.offers:
                return self.offers[key]
        return True


def switch(
    db: Session,
    company: Company,
    connection_id: int,
    *,
    organisation: str = ALL,
    offer: str = ALL,
    synchronise: bool | None = None,
    makes: Makes | None = None,
    by: Actor,
    now: datetime,
) -> BillingSwitch:
    """Say whether something is billed, or of an organisation whether its invoices are made or updated.

    What is None stays as it is.

    Raises:
        NotFound: the company has no such connection.
        Invalid: it is about nothing, or a name is too long.
    """
    take_lane(db, company.id)
    find_connection(db, company.id, connection_id)
    if not organisation and not offer:
        raise Invalid("Say which organisation or which offer.")
    if makes is not None and (not organisation or offer):
        raise Invalid("Whether invoices are made or updated is said of an organisation as a whole.")
    if len(organisation) > LONGEST_ORGANISATION or len(offer) > LONGEST_OFFER:
        raise Invalid("There is no organisation or offer of so long a name.")
    row = db.scalar(
        select(BillingSwitch).where(
            BillingSwitch.connection_id == connection_id,
            BillingSwitch.organisation == organisation,
            BillingSwitch.offer == offer,
        )
    )
    before = None if row is None else _state(row)
    if row is None:
        row = BillingSwitch(
            company_id=company.id, connection_id=connection_id, organisation=organisation, offer=offer,
            synchronise=None, makes=None,
        )  # fmt: skip
        db.add(row)
    row.synchronise = row.synchronise if synchronise is None else synchronise
    row.makes = row.makes if makes is None else makes
    row.by, row.changed_at = by, now
    db.flush()
    subject = " of ".join(one for one in (offer, organisation) if one) + f", connection {connection_id}"
    note_audit(
        db, Audited.BILLING_SWITCHED, by=by, now=now, company_id=company.id, subject=subject,
        before=before, after=_state(row),
    )  # fmt: skip
    return row


def makes_named(name: str | None) -> Makes | None:
    """Whether invoices are made or updated, as a person says it. Raises Invalid."""
    try:
        return None if name is None else Makes(name)
    except ValueError:
        raise Invalid(f"Invoices are {' or '.join(Makes)}, not {str(name)[:40]!r}.") from None


def switches_of(db: Session, connection_ids: Iterable[int]) -> dict[int, Switches]:
    """What was said, by connection."""
    found = {number: Switches() for number in connection_ids}
    for row in db.scalars(select(BillingSwitch).where(BillingSwitch.connection_id.in_(list(found)))):
        if row.synchronise is not None:
            found[row.connection_id].offers[row.organisation, row.offer] = row.synchronise
        if row.makes is not None:
            found[row.connection_id].makes[row.organisation] = row.makes
    return found


def _state(row: BillingSwitch) -> dict[str, object]:
    return {"synchronise": row.synchronise, "makes": None if row.makes is None else row.makes.value}
