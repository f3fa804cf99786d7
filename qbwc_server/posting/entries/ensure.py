"""See to it that the customers and items a document names stand in QuickBooks before the document goes there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.documents.kinds import Document, Named
from qbwc_server.documents.kinds.party import Party
from qbwc_server.documents.problems import Problem
from qbwc_server.ids import new_id
from qbwc_server.list_kinds import LONGEST_NAME, LONGEST_PART, ListKind
from qbwc_server.posting.entries.adding import ACCOUNT, TAX_VENDOR
from qbwc_server.posting.options import PostingOptions, options_of
from qbwc_server.posting.patience import MOST_SHOWN
from qbwc_server.posting.requests import ENTRIES, OneEntry, Purpose, ask, open_of
from qbwc_server.posting.texts import CannotWrite, Texts, too_long
from qbwc_server.queue.enqueue import NewRequest, put
from qbwc_server.tenancy.models import Company
from qbxml import CharacterPolicy
from qbxml.message import Request
from qbxml.messages.account import AccountQueryRq
from qbxml.messages.customer import CustomerQueryRq
from qbxml.messages.item import ItemQueryRq
from qbxml.messages.lists import ClassQueryRq
from qbxml.messages.other_name import OtherNameQueryRq
from qbxml.messages.vendor import VendorQueryRq
from qbxml.shared import ActiveStatus

Wanted = tuple[ListKind, str]  # kind, full name as QuickBooks will hold it
QUERIES: dict[ListKind, Callable[..., Request]] = {  # the lists whose entries are asked for before a document
    ListKind.CUSTOMER: CustomerQueryRq,
    ListKind.VENDOR: VendorQueryRq,
    ListKind.OTHER_NAME: OtherNameQueryRq,
    ListKind.ITEM: ItemQueryRq,
    ListKind.ACCOUNT: AccountQueryRq,
    ListKind.CLASS: ClassQueryRq,
}
ADDED = (ListKind.CUSTOMER, ListKind.ITEM)  # those of them to which entries are added from here
WANTED_OF_AN_ENTRY = ("ListID", "Name", "FullName", "IsActive")


def wanted_by(document: Document, texts: Texts) -> dict[Wanted, Party | None]:
    """The entries that ``document`` names. Raises CannotWrite for the first that cannot be."""
    wanted: dict[Wanted, Party | None] = {}
    for named, fitted in names_of(document, texts):
        if isinstance(fitted, Problem):
            raise CannotWrite(fitted)
        wanted[named.list_kind, fitted] = named.party
    return wanted


def names_of(document: Document, texts: Texts) -> Iterator[tuple[Named, str | Problem]]:
    """Each entry that ``document`` names and that is seen to, as QuickBooks will hold it, or why it cannot."""
    for named in document.names():
        if _seen_to(named.list_kind, document):
            try:
                yield named, _full_name(texts.policy, named.list_kind, named.name, named.field)
            except CannotWrite as cannot:
                yield named, cannot.problem


def _seen_to(kind: ListKind, document: Document) -> bool:
    return document.adds_items if kind is ListKind.ITEM else kind in QUERIES


@lru_cache(maxsize=10_000)  # few names stand on many documents
def _full_name(policy: CharacterPolicy, kind: ListKind, name: str, field: str) -> str:
    fitted = Texts(policy).name(name, field, LONGEST_NAME[kind])
    parts = fitted.split(":")
    if longer := next((part for part in parts if len(part) > LONGEST_PART.get(kind, len(part))), None):
        raise CannotWrite(too_long(field, longer, LONGEST_PART[kind]))
    if len(parts) - 1 != name.count(":"):
        raise CannotWrite(
            Problem(
                "characters",
                field,
                f"In QuickBooks the name {name} would be {fitted}: a sign of another script becomes a colon.",
                "A colon stands between a name and what belongs to it, as in Customer:Job; correct the name.",
            )
        )
    if not all(part.strip() for part in parts):
        raise CannotWrite(
            Problem(
                "empty_name",
                field,
                f"The name {fitted} has nothing before, between or behind a colon.",
                "A colon stands between a name and what belongs to it, as in Customer:Job; correct the name.",
            )
        )
    return fitted


def name_key(full_name: str) -> str:
    """How QuickBooks compares names: without case, but Straße is not Strasse."""
    return full_name.lower()


def query_for(entry: ListEntry, options: PostingOptions, guid: UUID) -> Request:
    """The query that tells whether the entry is there, active or not, by its name in QuickBooks."""
    name = options.name_of(entry.kind, entry.full_name)
    return QUERIES[entry.kind](full_names=(name,), include_ret_elements=WANTED_OF_AN_ENTRY, request_id=str(guid))


def query_for_added(kind: ListKind, since: datetime, guid: UUID) -> Request:
    """The query for what was added or changed in a list since, with its marks: it may have another name by now."""
    return QUERIES[kind](
        active_status=ActiveStatus.ALL,
        max_returned=MOST_SHOWN,
        from_modified_date=since,
        include_ret_elements=(*WANTED_OF_AN_ENTRY, "ExternalGUID"),
        request_id=str(guid),
    )


def asked_for(
    entry: ListEntry, options: PostingOptions, *, by_name: bool = False, after: Iterable[UUID] = ()
) -> NewRequest:
    """The question for the entry: by its ListID where that is known, unless it is not known to QuickBooks any more."""
    guid = new_id()
    if entry.list_id is None or by_name:
        return ask(Purpose.ENSURE, OneEntry(entry.id), query_for(entry, options, guid), after=after)
    query = QUERIES[entry.kind](
        list_ids=(entry.list_id,), include_ret_elements=WANTED_OF_AN_ENTRY, request_id=str(guid)
    )
    return ask(Purpose.FOLLOW, OneEntry(entry.id), query, after=after)


def ensure(
    db: Session, company: Company, wanted: Mapping[Wanted, Party | None], now: datetime
) -> dict[Wanted, UUID | None]:
    """For each entry the open request to wait for, or None where QuickBooks is known to have it.

    What is not known is asked for, a parent before its child, and each entry by one request however many documents
    name it.
    """
    full = dict(_with_parents(wanted))
    keys = {(kind, name_key(name)): (kind, name) for kind, name in full}
    rows = {
        (row.kind, row.name_key): row
        for row in db.scalars(
            select(ListEntry).where(
                ListEntry.company_id == company.id, ListEntry.name_key.in_({key for _, key in keys})
            )
        )
    }
    added = []
    for key, (kind, name) in keys.items():
        party = full[kind, name]
        if key not in rows:
            row = ListEntry(
                company_id=company.id,
                kind=kind,
                name_key=key[1],
                full_name=name,
                presence=Presence.UNKNOWN,
                details=_details(party),
                changed_at=now,
            )
            rows[key] = row
            added.append(row)
        elif party is not None and rows[key].presence is not Presence.PRESENT and _details(party):
            rows[key].details = _details(party)
    if added:
        db.add_all(added)
        db.flush()
    unknown = [rows[key] for key in keys if rows[key].presence is not Presence.PRESENT]
    waiting = _open_requests(db, company.id, [row.id for row in unknown])
    options = options_of(db, company.id)
    new = []
    for row in sorted(unknown, key=lambda row: row.full_name.count(":")):
        if row.id in waiting:
            continue
        parent = rows.get((row.kind, name_key(row.full_name.rpartition(":")[0])))
        before = waiting.get(parent.id) if parent is not None else None
        asked = asked_for(row, options, after=() if before is None else (before,))
        new.append(asked)
        waiting[row.id] = asked.id
    put(db, company.id, new, now)
    return {
        (kind, name): waiting.get(rows[kind, name_key(name)].id)
        if rows[kind, name_key(name)].presence is not Presence.PRESENT
        else None
        for kind, name in wanted
    }


def declare_items(db: Session, company: Company, accounts: Mapping[str, str | None], now: datetime) -> None:
    """Items that are no income: each may be added under its account only, and not at all where that is None."""
    texts = Texts(options_of(db, company.id).characters)
    for item, account in accounts.items():
        try:
            name = texts.name(item, "item", LONGEST_NAME[ListKind.ITEM])
        except CannotWrite:
            continue  # said when a document names it
        row = db.scalar(
            select(ListEntry).where(
                ListEntry.company_id == company.id,
                ListEntry.kind == ListKind.ITEM,
                ListEntry.name_key == name_key(name),
            )
        )
        if row is None:
            row = ListEntry(
                company_id=company.id,
                kind=ListKind.ITEM,
                name_key=name_key(name),
                full_name=name,
                presence=Presence.UNKNOWN,
                changed_at=now,
            )
            db.add(row)
        row.details = {ACCOUNT: account}
    db.flush()


def ask_for_tax_item(db: Session, company: Company, name: str, vendor: str, now: datetime) -> None:
    """Have a sales tax item of 0 % added if QuickBooks has no item of that name; asked again, it is one question.

    Under the lock of the company. Raises CannotWrite where QuickBooks cannot have such a name.
    """
    full = Texts(options_of(db, company.id).characters).name(name, "sales_tax_item", LONGEST_NAME[ListKind.ITEM])
    ensure(db, company, {(ListKind.ITEM, full): None}, now)
    row = db.scalars(
        select(ListEntry).where(
            ListEntry.company_id == company.id,
            ListEntry.kind == ListKind.ITEM,
            ListEntry.name_key == name_key(full),
        )
    ).one()
    if row.presence is not Presence.PRESENT:
        row.details = {TAX_VENDOR: vendor}
    db.flush()


def forget(db: Session, company_id: int, document: Document, texts: Texts) -> None:
    """QuickBooks did not know a name that it had once: nothing is taken for granted when the document comes again."""
    keys = {name_key(name) for (_, name), _ in _with_parents(wanted_by(document, texts))}
    db.execute(
        update(ListEntry)
        .where(ListEntry.company_id == company_id, ListEntry.name_key.in_(keys))
        .values(presence=Presence.UNKNOWN)
    )


def _with_parents(wanted: Mapping[Wanted, Party | None]) -> Iterable[tuple[Wanted, Party | None]]:
    for (kind, name), party in wanted.items():
        parts = name.split(":")
        for depth in range(1, len(parts)):
            ancestor = (kind, ":".join(parts[:depth]))
            if ancestor not in wanted:
                yield ancestor, None
        yield (kind, name), party


def _details(party: Party | None) -> dict[str, object] | None:
    if party is None:
        return None
    details = party.model_dump(mode="json", exclude_none=True)
    return details if len(details) > 1 else None


def _open_requests(db: Session, company_id: int, entries: list[int]) -> dict[int, UUID]:
    """What is under way for these entries: a question, or the adding that followed it."""
    if not entries:
        return {}
    found = {}
    for purpose in ENTRIES:
        found.update(open_of(db, company_id, purpose, map(OneEntry, entries)))
    return {entry: found[str(OneEntry(entry))] for entry in entries if str(OneEntry(entry)) in found}
