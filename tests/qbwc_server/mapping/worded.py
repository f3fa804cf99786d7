"""A company with lists and documents that name words, for the tests of mappings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.channels.contract import Draft
from qbwc_server.channels.intake import Intake
from qbwc_server.channels.report import IntakeReport
from qbwc_server.db import Database
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.acts import Mapped, map_word, unmap_word
from qbwc_server.mapping.deciding import Choice
from qbwc_server.mapping.kinds import WordKind
from qbwc_server.mapping.models import ALL_CONNECTIONS, Decision
from qbwc_server.mapping.said import Said
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import add_company, find_company
from tests.conftest import TurnableClock
from tests.introduced import introduced
from tests.qbwc_server.books.mirror.lists_kept import keep, told

ANN = Actor(ActorKind.PERSON, "Ann")


class Worded:
    """One company whose source says words for items and customers."""

    def __init__(self, database: Database, clock: TurnableClock, code: str = "shop", *, added: bool = False) -> None:
        self.database, self.clock, self.code = database, clock, code
        with database.transaction() as db:
            if not added:
                add_company(db, code=code, name=code, time_zone="America/New_York", now=clock())
            company = find_company(db, code)
            self.id = company.id
            introduced(db, self.id, clock())
            self.items(db, told("80000001-1", "Widget", entry_type="Service", number="W-1"))
            self.items(db, told("80000002-1", "Gadget", entry_type="Inventory"))

    def items(self, db: Session, *entries: Any, reading: int = 1) -> None:
        """Items that QuickBooks shows."""
        keep(db, self.id, *entries, kind=ListKind.ITEM, reading=reading, now=self.clock())

    def show_items(self, *entries: Any, reading: int = 2) -> None:
        """The same in a transaction of its own."""
        with self.database.transaction() as db:
            self.items(db, *entries, reading=reading)

    def brings(
        self, origin: str, *words: str, submit: bool = True, connection_id: int = 0, revise: bool = False, **more: Any
    ) -> IntakeReport:
        """A sale whose lines name these words."""
        report = IntakeReport()
        intake = Intake(
            self.database, self.code, report,
            by=ANN, clock=self.clock, submit=submit, revise=revise, connection_id=connection_id,
        )  # fmt: skip
        intake.take(sale(origin, *words, **more))
        intake.finish()
        return report

    def maps(
        self, word: str, choice: Choice | str, *, kind: WordKind = WordKind.ITEM, connection_id: int = 0
    ) -> Mapped:
        """Somebody says what a word stands for."""
        said = Choice(Decision.ENTRY, name=choice) if isinstance(choice, str) else choice
        with self.database.transaction() as db:
            company = find_company(db, self.code)
            return map_word(db, company, kind, word, said, connection_id=connection_id, by=ANN, now=self.clock())

    def unmaps(self, word: str, *, kind: WordKind = WordKind.ITEM) -> Mapped:
        """Somebody takes it back."""
        with self.database.transaction() as db:
            company = find_company(db, self.code)
            return unmap_word(db, company, kind, word, connection_id=ALL_CONNECTIONS, by=ANN, now=self.clock())

    def document(self, origin: str) -> DocumentRow:
        """As it stands."""
        with self.database.reading() as db:
            asked = select(DocumentRow).where(DocumentRow.origin == origin, DocumentRow.company_id == self.id)
            return db.scalars(asked).one()

    def state(self, origin: str) -> str:
        """Where it stands."""
        return self.document(origin).state.value

    def codes(self, origin: str) -> list[str]:
        """What keeps it."""
        return [one["code"] for one in (self.document(origin).problems or {}).get("problems", [])]


def sale(
    origin: str, *words: str, hints: Mapping[str, str] | None = None, amount: str = "5.00", reviews: Any = ()
) -> Draft:
    """A sale for Ann, with one line for each word."""
    lines = [{"item": word, "amount": amount} for word in words]
    document = read_document(
        {"kind": "sales_receipt", "origin": origin, "date": "2026-03-02", "customer": "Ann", "lines": lines}
    )
    said = {f"lines[{at}].item": Said(WordKind.ITEM, word, **(hints or {})) for at, word in enumerate(words)}
    return Draft(document, words=said, reviews=tuple(reviews))
