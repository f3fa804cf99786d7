"""How far the connection of a company with its QuickBooks has come, as it stands this moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.models import MirrorEntry, MirrorList
from qbwc_server.books.models import CompanyFacts
from qbwc_server.books.preferences import FileFacts, file_facts
from qbwc_server.connector.models import KnownAddress, UpdateSessionRow
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.waiting import waiting_words
from qbwc_server.tenancy.models import Company


class Step(StrEnum):
    """What has to happen, in this order."""

    CALLED = "called"  # the Web Connector has signed in
    ANSWERED = "answered"  # QuickBooks has told which file it has open
    READ = "read"  # customers and items are known
    CHECKED = "checked"  # what is switched on in the file suits
    MAPPED = "mapped"  # nothing waits for a word to be explained


class StepState(StrEnum):
    """How far a step is."""

    DONE = "done"
    WAITING = "waiting"
    NOT_YET = "not_yet"
    TROUBLE = "trouble"


class Advice(StrEnum):
    """What is worth knowing about the preferences of a company file."""

    CLOSING_DATE = "closing_date"
    NO_TAX_ITEM = "no_tax_item"
    CLASSES = "classes"
    CURRENCIES = "currencies"
    AUTO_APPLY = "auto_apply"
    NO_INVENTORY = "no_inventory"


_HOLDS: dict[Advice, Callable[[FileFacts], bool]] = {
    Advice.CLOSING_DATE: lambda file: file.closing_date is not None,
    Advice.NO_TAX_ITEM: lambda file: file.preferences.sales_tax is True and file.preferences.sales_tax_item is None,
    Advice.CLASSES: lambda file: file.preferences.class_tracking is True,
    Advice.CURRENCIES: lambda file: file.preferences.multi_currency is True,
    Advice.AUTO_APPLY: lambda file: file.preferences.auto_apply_payments is True,
    Advice.NO_INVENTORY: lambda file: file.preferences.inventory is False,
}
_READ_FIRST = (ListKind.CUSTOMER, ListKind.ITEM)


@dataclass(frozen=True, slots=True)
class SetUp:
    """One company's.

    Attributes:
        version: of the Web Connector; None where it has not called, or did not say.
        error, advice: of the last update, where it failed.
        entries: read so far, by list; ``read``: whether all of it is.
        unmapped: words that keep documents waiting.
    """

    heard_at: datetime | None
    version: str | None
    error: str | None
    error_advice: str | None
    facts: CompanyFacts | None
    file: FileFacts
    entries: dict[ListKind, int]
    read: bool
    advice: list[Advice]
    unmapped: int

    @property
    def states(self) -> dict[Step, StepState]:
        """Of every step: those that are done, then the one that is waited for, then the others."""
        done = {
            Step.CALLED: self.heard_at is not None,
            Step.ANSWERED: self.facts is not None,
            Step.READ: self.read,
            Step.CHECKED: self.facts is not None,
            Step.MAPPED: self.read and not self.unmapped,
        }
        states: dict[Step, StepState] = {}
        next_one = StepState.TROUBLE if self.error else StepState.WAITING
        for step in Step:
            states[step] = StepState.DONE if done[step] else next_one
            next_one = next_one if done[step] else StepState.NOT_YET
        return states

    @property
    def settled(self) -> bool:
        """Whether nothing comes by itself any more: what is left is for a person."""
        return all(state is StepState.DONE for step, state in self.states.items() if step is not Step.MAPPED)


def set_up_of(db: Session, company: Company) -> SetUp:
    """Read it."""
    facts = db.get(CompanyFacts, company.id)
    last = db.scalars(
        select(UpdateSessionRow)
        .where(UpdateSessionRow.company_id == company.id)
        .order_by(UpdateSessionRow.started_at.desc(), UpdateSessionRow.id.desc())
        .limit(1)
    ).one_or_none()
    known = db.scalar(select(func.max(KnownAddress.last_at)).where(KnownAddress.company_id == company.id))
    moments = [moment for moment in (known, last.last_call_at if last else None) if moment is not None]
    file, failed = file_facts(facts), last if last is not None and last.ended_at is not None else None
    return SetUp(
        heard_at=max(moments, default=None),
        version=last.connector_version if last is not None else None,
        error=failed.error if failed is not None else None,
        error_advice=failed.advice if failed is not None else None,
        facts=facts,
        file=file,
        entries=_entries(db, company.id),
        read=_is_read(db, company.id),
        advice=[] if facts is None else [one for one, holds in _HOLDS.items() if holds(file)],
        unmapped=len(waiting_words(db, company.id)),
    )


def _entries(db: Session, company_id: int) -> dict[ListKind, int]:
    counted = (
        select(MirrorEntry.kind, func.count())
        .where(MirrorEntry.company_id == company_id, MirrorEntry.kind.in_(_READ_FIRST), MirrorEntry.gone.is_(None))
        .group_by(MirrorEntry.kind)
    )
    found = {row[0]: row[1] for row in db.execute(counted)}
    return {kind: found.get(kind, 0) for kind in _READ_FIRST}


def _is_read(db: Session, company_id: int) -> bool:
    read = select(func.count()).where(
        MirrorList.company_id == company_id, MirrorList.kind.in_(_READ_FIRST), MirrorList.read_at.is_not(None)
    )
    return db.scalar(read) == len(_READ_FIRST)
