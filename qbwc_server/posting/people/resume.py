"""A person lifts what kept all writing from a company file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.documents.lifecycle import NotNow
from qbwc_server.posting.same_file.inventory import IfMissing, verify_all
from qbwc_server.queue.lane import take_lane
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.companies import release_hold
from qbwc_server.tenancy.models import Company, Hold


def resume(db: Session, company: Company, *, repost: bool, by: Actor, now: datetime) -> int:
    """Lift a hold. Returns how many postings are going to be looked for in the file, to be entered again if missing.

    Another company file: the one that is open in the next session is the right one from then on. A restored backup:
    every posting is looked for; with ``repost`` what the file lacks is entered again, without it is withdrawn here: the
    file is taken as it is.
    """
    take_lane(db, company.id)
    db.refresh(company)
    hold = company.hold
    if hold is None:
        raise NotNow("Nothing is held.")
    release_hold(company)
    if hold is not Hold.PAUSED:  # it may not be the file in which we saw customers and items
        db.execute(update(ListEntry).where(ListEntry.company_id == company.id).values(presence=Presence.UNKNOWN))
    if hold is Hold.OTHER_FILE:
        company.accept_next_file = True
    if hold is Hold.RESTORED_BACKUP:
        looked_for = verify_all(db, company, now, IfMissing.ENTER if repost else IfMissing.WITHDRAW)
        return looked_for if repost else 0
    return 0
