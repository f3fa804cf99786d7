"""A person takes back that a company file is the right one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qbwc_server.books.contact import forget, name_of
from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.books.models import CompanyFacts
from qbwc_server.connector.logins import login_of
from qbwc_server.documents.lifecycle import NotNow
from qbwc_server.errors import Invalid
from qbwc_server.queue.lane import take_lane
from qbwc_server.shortening import same_words
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class FileRefused:
    """Which file it was, and whether it bears the mark of the .qwc file, which is therefore another one now."""

    name: str
    new_qwc: bool


def refuse_file(db: Session, company: Company, name: str, *, by: Actor, now: datetime) -> FileRefused:
    """Write nothing to the company file that was the right one until now; the next one is met for the first time.

    A file that bears the mark of our .qwc file would be taken again: then the .qwc file gets another FileID, and has
    to be added again while the right company file is open.

    Args:
        name: of the company in that file, to be sure that the person means the one that is known.

    Raises:
        NotNow: no company file is known.
        Invalid: the one that is known has another name.
    """
    take_lane(db, company.id)
    facts = db.get(CompanyFacts, company.id)
    if facts is None:
        raise NotNow("No company file is known yet: nothing is written to any before it is.")
    known = name_of({"company_name": facts.company_name, "file_path": facts.file_path})
    if not same_words(name, known):
        raise Invalid(f"The company file of {company.name} is {known}, not {name}.")
    login = login_of(db, company.id)
    marked = facts.file_id == login.file_id
    if marked:
        login.file_id = str(uuid.uuid4())
    seen = forget(db, facts)
    detail = f"{known} is not the company file of {company.name}: somebody here said so."
    put_on_hold(db, company.id, HoldKind.OTHER_FILE, detail, by=by, now=now, seen=seen)
    note_audit(
        db, Audited.FILE_REFUSED, by=by, now=now, company_id=company.id, subject=known, after={"new_qwc": marked}
    )
    return FileRefused(known, marked)
