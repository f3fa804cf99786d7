"""A person lifts what kept all writing from a company file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from qbwc_server.books.contact import name_of, take_for_ours
from qbwc_server.books.holds import Hold, HoldKind, holds_of, lift
from qbwc_server.books.mirror.keeping import forget_lists
from qbwc_server.books.mirror.refreshing import distrust_lists
from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.documents.lifecycle import NotNow
from qbwc_server.errors import Invalid
from qbwc_server.posting.requests import IfMissing
from qbwc_server.posting.same_file.inventory import verify_all
from qbwc_server.queue.lane import take_lane
from qbwc_server.shortening import same_words
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company


def resume(
    db: Session,
    company: Company,
    *,
    repost: bool,
    by: Actor,
    now: datetime,
    hold: HoldKind | None = None,
    accept_file: str | None = None,
) -> int:
    """Lift a hold. Returns how many postings are going to be looked for in the file, to be entered again if missing.

    Another company file: the one that the hold tells of is the right one from then on. A restored backup: every posting
    is looked for; with ``repost`` what the file lacks is entered again, without it is withdrawn here: the file is taken
    as it is.

    Args:
        hold: which one; it may be left out where only one stands.
        accept_file: the name of the company in that file, to be sure that the person means the one that was seen.

    Raises:
        NotNow: nothing is held, or not for that reason, or several holds stand and none was named.
        Invalid: the file that was seen has another name.
    """
    take_lane(db, company.id)
    meant = hold_to_lift(db, company, hold)
    kind, seen = meant.kind, meant.seen
    if accept_file is not None and (seen is None or not same_words(accept_file, name_of(seen))):
        shown = "no file" if seen is None else name_of(seen)
        raise Invalid(f"What QuickBooks had open is {shown}, not {accept_file}.")
    lift(db, company.id, kind, by=by, now=now)
    note_audit(
        db,
        Audited.RESUMED,
        by=by,
        now=now,
        company_id=company.id,
        subject=kind.words,
        after={"repost": repost, "accept_file": accept_file},
    )
    if kind is not HoldKind.PAUSED:
        _forget_entries(db, company, kind)
    if kind is HoldKind.OTHER_FILE and seen is not None:
        take_for_ours(db, company, seen, now)
    if kind is HoldKind.RESTORED_BACKUP:
        looked_for = verify_all(db, company, now, IfMissing.ENTER if repost else IfMissing.WITHDRAW)
        return looked_for if repost else 0
    return 0


def _forget_entries(db: Session, company: Company, lifted: HoldKind) -> None:
    """It may not be the file in which we saw customers and items; in another company's file they have other ListIDs."""
    ours = update(ListEntry).where(ListEntry.company_id == company.id)
    if lifted is HoldKind.OTHER_FILE:
        db.execute(ours.values(presence=Presence.UNKNOWN, list_id=None, called=None))
        forget_lists(db, company.id)
    else:
        db.execute(ours.values(presence=Presence.RESTORED))
        distrust_lists(db, company.id)


def hold_to_lift(db: Session, company: Company, named: HoldKind | None) -> Hold:
    """The hold that is meant: the named one, or the only one. Raises NotNow."""
    standing = holds_of(db, company.id)
    if not standing:
        raise NotNow("Nothing is held.")
    meant = [hold for hold in standing if named is None or hold.kind is named]
    kinds = ", ".join(hold.kind for hold in standing)
    if not meant:
        raise NotNow(f"There is no such hold; what stands is: {kinds}.")
    if len(meant) > 1:
        raise NotNow(f"Several holds stand; name the one to lift: {kinds}.")
    return meant[0]
