"""Times that QuickBooks tells: by the clock of a PC that may be wrong, in a zone that may be another tomorrow."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.documents.models import DocumentRow
from qbxml import Aggregate

MARGIN = timedelta(days=2)  # in questions by time: as far as that clock and ours may be apart
UNKNOWN_LAG = timedelta(days=60)  # as long as QuickBooks has not told any time
NEWEST = 10  # writings that tell of the clocks of the PCs in use
_SAME_MOMENT = timedelta(minutes=15)  # offsets differ by multiples of this
_HARDLY = timedelta(seconds=2)


def aware(moment: datetime) -> datetime:
    """A time that came without its offset is the PC's own; it is taken for UTC, which is near enough for MARGIN."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def reach_back(db: Session, company_id: int, moment: datetime) -> datetime:
    """From when on QuickBooks is asked for what happened since ``moment``, by the clock of its PC.

    How far that clock lags behind ours is seen from what it told of our last writings; there may be several PCs, and
    the one that is farthest behind counts. Before there is any, it is taken to lag a good deal.
    """
    newest = db.execute(
        select(DocumentRow.written_at, DocumentRow.time_modified)
        .where(
            DocumentRow.company_id == company_id,
            DocumentRow.written_at.is_not(None),
            DocumentRow.time_modified.is_not(None),
        )
        .order_by(DocumentRow.written_at.desc())
        .limit(NEWEST)
    ).all()
    if not newest:
        return moment - UNKNOWN_LAG
    lags: list[timedelta] = [one.written_at - one.time_modified for one in newest]
    return moment - MARGIN - max(*lags, timedelta(0))


def modified_at(ret: Aggregate | None) -> datetime | None:
    """When QuickBooks last changed what it shows; None where it does not say, or names a moment outside all years."""
    moment: datetime | None = getattr(ret, "time_modified", None)
    try:
        return None if moment is None else aware(moment).astimezone(UTC)
    except OverflowError:
        return None


def is_older(shown: datetime, known: datetime) -> bool:
    """Whether a transaction is shown as it was before a change whose time is known.

    QuickBooks is known to tell one moment with different offsets, before and after daylight saving begins. So times
    that are apart by a whole number of quarter hours are taken for the same.
    """
    return known - shown > _HARDLY and not may_be_older(shown, known)


def may_be_older(shown: datetime, known: datetime) -> bool:
    """Whether the times alone do not tell: an earlier one, or the same moment with another offset."""
    return known > shown and (known - shown) % _SAME_MOMENT == timedelta(0)
