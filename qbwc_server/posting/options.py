"""What a company lets us do in its file when a document is posted, and when its people are left in peace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from qbwc_server.books.models import ListEntry
from qbwc_server.db import Base
from qbwc_server.db.types import JsonRecord
from qbwc_server.errors import Invalid
from qbwc_server.list_kinds import ListKind, usable_name
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.validation import sentences
from qbxml import CharacterPolicy

_QUIET_HOURS = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]|none", re.ASCII)


class Edits(StrEnum):
    """What happens when a document is revised that somebody has edited in QuickBooks since it was written."""

    NOTE = "note"  # the revision is written, and the list of open work tells what the edit was
    HOLD = "hold"  # a person decides first


class PostingOptions(BaseModel):
    """Stored with the company; every field has a default that is safe for a file kept by somebody else."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=300)

    create_customers: bool = Field(True, description="add customers that documents name and QuickBooks lacks")
    create_items: bool = Field(False, description="add items that documents name and QuickBooks lacks")
    item_income_account: str | None = Field(None, description="income account of items that are added")
    characters: CharacterPolicy = Field(
        CharacterPolicy.TRANSLITERATE,
        description="what happens to characters that QuickBooks cannot store: transliterate or refuse",
    )
    sales_tax_item: str | None = Field(None, description="sales tax item of documents that name none")
    ar_account: str | None = Field(None, description="accounts receivable account of documents that name none")
    deposit_to: str | None = Field(None, description="account that receives payments and receipts that name none")

    edits_in_quickbooks: Edits = Field(
        Edits.NOTE,
        description="a revision of what somebody has edited in QuickBooks: note the edit and write, or hold it",
    )

    learn_accounts: bool = Field(
        True, description="whether accounts that people choose for lines of statements are proposed for the next ones"
    )

    quiet_hours: str = Field(
        "20:00-07:00",
        description="when nobody is told of trouble by e-mail, by the clock of the company: 20:00-07:00, or none",
    )
    quiet_weekends: bool = Field(True, description="whether Saturdays and Sundays are quiet as well")

    @field_validator("quiet_hours")
    @classmethod
    def _from_when_to_when(cls, value: str) -> str:
        if not _QUIET_HOURS.fullmatch(value):
            raise ValueError("it says from when to when, such as 20:00-07:00, or none")
        return value

    @model_validator(mode="after")
    def _income_account_for_items(self) -> PostingOptions:
        if self.create_items and not self.item_income_account:
            raise ValueError("to add items, item_income_account is needed: the account that their sales go to")
        return self

    def name_of(self, kind: ListKind, name: str) -> str:
        """The full name under which QuickBooks has the entry that documents call ``name``."""
        return name


class OptionsInForce(PostingOptions):
    """The options of a company, and the entries that have another name in its file than on documents."""

    called: Mapping[tuple[ListKind, str], str] = Field({}, exclude=True)  # by list, and name in lower case

    def name_of(self, kind: ListKind, name: str) -> str:
        """The name that a person chose for it, or for what it stands under."""
        if not self.called:
            return name
        parts = name.split(":")
        for depth in range(len(parts), 0, -1):
            called = self.called.get((kind, ":".join(parts[:depth]).lower()))
            if called is not None:
                return ":".join((called, *parts[depth:]))
        return name


_NAMES = {
    "item_income_account": ListKind.ACCOUNT,
    "sales_tax_item": ListKind.SALES_TAX_ITEM,
    "ar_account": ListKind.ACCOUNT,
    "deposit_to": ListKind.ACCOUNT,
}


class OptionsSaid(PostingOptions):
    """Options as a person says them: what is stored from earlier is not judged again when it is read."""

    @field_validator(*_NAMES)
    @classmethod
    def _is_a_name(cls, said: str | None, about: ValidationInfo) -> str | None:
        return None if said is None else usable_name(_NAMES[about.field_name or ""], said)


class PostingOptionsRow(Base):
    """The options of one company that differ from the defaults; no row is all defaults."""

    __tablename__ = "posting_options"

    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    options: Mapped[dict[str, Any]] = mapped_column(JsonRecord)


def options_of(db: Session, company_id: int) -> OptionsInForce:
    """The options in force for this company."""
    row = db.get(PostingOptionsRow, company_id)
    others = select(ListEntry.kind, ListEntry.name_key, ListEntry.called).where(
        ListEntry.company_id == company_id, ListEntry.called.is_not(None)
    )
    called = {(one.kind, one.name_key): one.called for one in db.execute(others)}
    return OptionsInForce.model_validate({**({} if row is None else row.options), "called": called})


def change_options(
    db: Session, company_id: int, changes: dict[str, object], *, by: Actor, now: datetime
) -> PostingOptions:
    """Set some options, None takes one back to its default. Raises Invalid naming what cannot be."""
    row = db.get(PostingOptionsRow, company_id, with_for_update=True)
    values = {**({} if row is None else row.options), **changes}
    try:
        options = OptionsSaid.model_validate({key: value for key, value in values.items() if value is not None})
    except ValidationError as mistake:
        raise Invalid(" ".join(sentences(mistake, "options"))) from None
    kept = options.model_dump(mode="json", exclude_defaults=True)
    before = {**PostingOptions.model_validate({}).model_dump(mode="json"), **({} if row is None else row.options)}
    after = options.model_dump(mode="json")
    note_audit(db, Audited.OPTIONS_CHANGED, by=by, now=now, company_id=company_id, before=before, after=after)
    if row is None:
        db.add(PostingOptionsRow(company_id=company_id, options=kept))
    else:
        row.options = kept
    db.flush()
    return options
