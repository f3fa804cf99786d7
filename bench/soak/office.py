"""The server as the people of one company use it: what they bring, what they are shown, what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.holds import HoldKind, holds_of, pause
from qbwc_server.db import Database
from qbwc_server.documents import store
from qbwc_server.documents.kinds import Document, load_document
from qbwc_server.documents.lifecycle import NEEDS_A_PERSON
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Ended, OpenWork, end_work, open_work
from qbwc_server.errors import QbwcError
from qbwc_server.posting.people.decide import decide
from qbwc_server.posting.people.exclude import exclude, restore
from qbwc_server.posting.people.re_date import re_date
from qbwc_server.posting.people.resume import resume
from qbwc_server.posting.people.void import keep, void
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.reports.company import CompanyReport, company_report
from qbwc_server.tenancy import companies
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.models import Company

BY = Actor(ActorKind.COMMAND_LINE, "soak")
Act = Callable[[Session, Company, DocumentRow], object]


class Office:
    """One company's desk at the server. What the server refuses is told as False."""

    def __init__(self, database: Database, code: str, clock: Callable[[], datetime]) -> None:
        self.database, self.code, self.clock = database, code, clock

    # upstream

    def bring(self, documents: Sequence[Document], *, revise: bool = False) -> list[object]:
        """Hand documents in; for each its result, or why it was refused."""
        with self.database.transaction() as db:
            company = companies.find_company(db, self.code)
            handed = hand_in(db, company, documents, by=BY, now=self.clock(), revise=revise)
            return list(handed.results)

    def void(self, origin: str) -> bool:
        """Have a posted document voided."""
        return self._with(origin, self._void)

    def _void(self, db: Session, company: Company, row: DocumentRow) -> None:
        void(db, company, row, by=BY, now=self.clock())

    def keep(self, origin: str) -> bool:
        """Take a void back that has not left."""
        return self._with(origin, lambda db, company, row: keep(db, company, row, by=BY, now=self.clock()))

    def re_date(self, origin: str) -> Document | None:
        """Have a document of a closed day entered on the first open one; the document as it is then."""
        if not self._with(origin, lambda db, company, row: re_date(db, company, row, by=BY, now=self.clock())):
            return None
        return load_document(self.rows()[origin].body)

    def exclude(self, origin: str) -> bool:
        """Say: not into the books."""
        return self._with(origin, lambda db, company, row: exclude(db, company, row, by=BY, now=self.clock()))

    def restore(self, origin: str) -> bool:
        """Take an exclusion back."""
        return self._with(origin, lambda db, company, row: restore(db, company, row, by=BY, now=self.clock()))

    # a person's answers

    def submit(self, origin: str) -> bool:
        """Try once more."""
        done: list[Any] = []
        self._with(
            origin,
            lambda db, company, row: done.append(submit(db, company, [row], by=BY, now=self.clock())),
        )
        return bool(done and done[0].submitted)

    def decide(self, origin: str, txn_id: str | None) -> bool:
        """Say that it stands in QuickBooks under this id, or that it is not there."""
        return self._with(
            origin,
            lambda db, company, row: decide(db, company, row, posted_as=txn_id, by=BY, now=self.clock()),
        )

    def end_work(self, item: OpenWork, *, done: bool) -> bool:
        """See to open work, or dismiss it."""
        how = Ended.DONE if done else Ended.DISMISSED
        with suppress(QbwcError), self.database.transaction() as db:
            end_work(db, item.company_id, item.id, how, by=BY, now=self.clock())
            return True
        return False

    def pause(self) -> bool:
        """Stop writing."""
        with suppress(QbwcError), self.database.transaction() as db:
            pause(db, companies.find_company(db, self.code).id, by=BY, now=self.clock())
            return True
        return False

    def resume(self, hold: HoldKind, *, repost: bool = True, file: str | None = None) -> bool:
        """Lift a hold; ``repost``: what an older copy lacks is entered again; ``file``: which one is right."""
        with suppress(QbwcError), self.database.transaction() as db:
            company = companies.find_company(db, self.code)
            resume(db, company, repost=repost, by=BY, now=self.clock(), hold=hold, accept_file=file)
            return True
        return False

    def _with(self, origin: str, act: Act) -> bool:
        with suppress(QbwcError), self.database.transaction() as db:
            company = companies.find_company(db, self.code)
            row = store.by_origin(db, company.id, [origin]).get(origin)
            if row is None:
                return False
            act(db, company, row)
            return True
        return False

    # what is shown

    def report(self) -> CompanyReport:
        """The status page."""
        with self.database.reading() as db:
            return company_report(db, companies.find_company(db, self.code), now=self.clock())

    def holds(self) -> list[HoldKind]:
        """Why nothing is written, if so, the strongest reason first."""
        with self.database.reading() as db:
            return [hold.kind for hold in holds_of(db, companies.find_company(db, self.code).id)]

    def rows(self) -> dict[str, DocumentRow]:
        """All documents, by origin."""
        with self.database.reading() as db:
            company = companies.find_company(db, self.code)
            found = db.scalars(select(DocumentRow).where(DocumentRow.company_id == company.id).order_by(DocumentRow.id))
            return {row.origin: row for row in found}

    def work(self) -> list[OpenWork]:
        """Open work, the oldest first."""
        with self.database.reading() as db:
            return list(open_work(db, companies.find_company(db, self.code).id))

    def waiting_rows(self) -> list[DocumentRow]:
        """The documents that need a person."""
        return [row for row in self.rows().values() if row.state in NEEDS_A_PERSON]

    def shown(self) -> dict[str, list[str]]:
        """Origin to why the report says that a person is needed."""
        found: dict[str, list[str]] = {}
        rows = self.rows()
        origins = {row.id: origin for origin, row in rows.items()}
        for origin, row in rows.items():
            if row.state in NEEDS_A_PERSON:
                found.setdefault(origin, []).append(str(row.reason or row.state.value))
        for item in self.work():
            if item.document_id in origins:
                found.setdefault(origins[item.document_id], []).append(item.work.value)
        return found
