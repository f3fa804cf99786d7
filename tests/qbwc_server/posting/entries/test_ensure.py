"""Customers and items are asked for once, a parent before its child, before the document that names them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from lxml import etree
from sqlalchemy import select, update

from qbwc_server.books.models import ListEntry, Presence
from qbwc_server.db import Database
from qbwc_server.documents.kinds import Document, read_document
from qbwc_server.documents.kinds.party import Party
from qbwc_server.list_kinds import ListKind
from qbwc_server.posting.entries.ensure import Wanted, ensure, forget, query_for, wanted_by
from qbwc_server.posting.options import PostingOptions
from qbwc_server.posting.requests import Purpose
from qbwc_server.posting.texts import CannotWrite, Texts
from qbwc_server.queue.models import QueuedRequest, RequestWait
from qbwc_server.queue.states import Priority, RequestState
from qbwc_server.tenancy.models import Company
from qbxml import CharacterPolicy, render
from tests.conftest import TurnableClock
from tests.qbwc_server.tenants import tenant

CUSTOMER, ITEM = ListKind.CUSTOMER, ListKind.ITEM


def document(customer: Any = "Acme", *items: str) -> Document:
    lines = [{"item": item} for item in items] or [{"description": "words"}]
    return read_document({"kind": "invoice", "origin": "o", "date": "2026-03-02", "customer": customer, "lines": lines})


def wanted(*documents: Document) -> dict[Wanted, Party | None]:
    return {key: party for one in documents for key, party in wanted_by(one, texts()).items()}


def texts() -> Texts:
    return Texts(CharacterPolicy.TRANSLITERATE)


class Lists:
    """The lists of one company as far as we know them."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        self.database, self.clock = database, clock
        with database.transaction() as db:
            self.id = tenant(db, clock()).id

    def ensure(self, *documents: Document) -> dict[Wanted, UUID | None]:
        with self.database.transaction() as db:
            return ensure(db, db.get_one(Company, self.id), wanted(*documents), self.clock())

    def requests(self) -> dict[str, QueuedRequest]:
        """By the full name of the entry that they ask for."""
        with self.database.reading() as db:
            names = {str(row.id): row.full_name for row in db.scalars(select(ListEntry))}
            return {names[row.subject]: row for row in db.scalars(select(QueuedRequest))}

    def waits(self) -> set[tuple[str, str]]:
        names = {row.id: name for name, row in self.requests().items()}
        with self.database.reading() as db:
            return {(names[wait.request_id], names[wait.after_id]) for wait in db.scalars(select(RequestWait))}

    def are_present(self, *names: str) -> None:
        with self.database.transaction() as db:
            db.execute(update(ListEntry).where(ListEntry.full_name.in_(names)).values(presence=Presence.PRESENT))
            db.execute(update(QueuedRequest).values(state=RequestState.DONE))

    def entry(self, name: str) -> ListEntry:
        with self.database.reading() as db:
            return db.scalars(select(ListEntry).where(ListEntry.full_name == name)).one()


@pytest.fixture
def lists(database: Database, clock: TurnableClock) -> Lists:
    return Lists(database, clock)


def test_what_a_document_names() -> None:
    found = wanted_by(document("Acme:Job", "Seat", "Bench", "Seat"), texts())
    assert list(found) == [(CUSTOMER, "Acme:Job"), (ITEM, "Seat"), (ITEM, "Bench")]
    payment = read_document(
        {"kind": "payment", "origin": "p", "date": "2026-03-02", "customer": "Ђорђе", "amount": "1"}
    )
    ((kind, name),) = wanted_by(payment, texts())
    assert kind is CUSTOMER
    assert name.isascii()  # as QuickBooks will hold it


@pytest.mark.parametrize(
    ("customer", "item"),
    [(":", "S"), ("Acme:", "S"), (":Job", "S"), ("A::B", "S"), ("A: :B", "S"), ("Acme", "Seat:")],
)
def test_names_with_nothing_beside_a_colon_are_a_problem(customer: str, item: str) -> None:
    with pytest.raises(CannotWrite) as refusal:
        wanted_by(document(customer, item), texts())
    assert refusal.value.problem.code == "empty_name"


def test_each_entry_is_asked_for_once_however_many_name_it(lists: Lists) -> None:
    first = lists.ensure(document("Acme", "Seat"), document("ACME", "Seat"), document("acme", "seat", "Bench"))
    assert len(lists.requests()) == 3
    assert first[CUSTOMER, "Acme"] == first[CUSTOMER, "ACME"] == first[CUSTOMER, "acme"]
    again = lists.ensure(document("Acme", "Seat"))
    assert len(lists.requests()) == 3
    assert again == {key: first[key] for key in again}
    query = lists.requests()["Bench"]
    assert (query.purpose, query.message, query.writes, query.priority, query.state) == (
        Purpose.ENSURE, "ItemQuery", False, Priority.READ, RequestState.QUEUED,
    )  # fmt: skip


def test_names_that_quickbooks_tells_apart_are_two_entries(lists: Lists) -> None:
    lists.ensure(document("Straße"), document("Strasse"), document("Cafe"), document("Café"))
    assert set(lists.requests()) == {"Straße", "Strasse", "Cafe", "Café"}


def test_a_customer_and_an_item_of_one_name_are_two_entries(lists: Lists) -> None:
    found = lists.ensure(document("Seat", "Seat"))
    assert found[CUSTOMER, "Seat"] != found[ITEM, "Seat"]
    assert lists.waits() == set()


def test_a_parent_comes_before_its_child(lists: Lists) -> None:
    found = lists.ensure(document("A:B:C", "Furniture:Seat"))
    assert list(found) == [(CUSTOMER, "A:B:C"), (ITEM, "Furniture:Seat")]
    assert lists.waits() == {("A:B:C", "A:B"), ("A:B", "A"), ("Furniture:Seat", "Furniture")}
    assert {name for name, row in lists.requests().items() if row.state is RequestState.QUEUED} == {"A", "Furniture"}
    lists.ensure(document("A:B:D"))
    assert lists.waits() >= {("A:B:D", "A:B")}
    assert len(lists.requests()) == 6


def test_what_is_there_is_not_asked_for(lists: Lists) -> None:
    lists.ensure(document("A:B", "Seat"))
    lists.are_present("A", "A:B", "Seat")
    assert lists.ensure(document("a:B", "seat")) == {(CUSTOMER, "a:B"): None, (ITEM, "seat"): None}
    found = lists.ensure(document("A:C", "Bench"))
    assert found[CUSTOMER, "A:C"] == lists.requests()["A:C"].id
    assert ("A:C", "A") not in lists.waits()  # the parent is there


def test_contact_details_of_the_newest_document_are_kept_until_it_is_there(lists: Lists) -> None:
    def mail() -> object:
        return (lists.entry("Acme").details or {}).get("email")

    lists.ensure(document("Acme"))
    assert lists.entry("Acme").details is None
    lists.ensure(document({"name": "Acme", "email": "a@example.com"}))
    lists.ensure(document("Acme"))  # says nothing of it
    assert mail() == "a@example.com"
    lists.are_present("Acme")
    lists.ensure(document({"name": "Acme", "email": "b@example.com"}))
    assert mail() == "a@example.com"  # QuickBooks' own data count from then on


def test_what_quickbooks_did_not_know_after_all_is_asked_for_again(lists: Lists) -> None:
    lists.ensure(document("Acme", "Seat", "Bench"))
    lists.are_present("Acme", "Seat", "Bench")
    with lists.database.transaction() as db:
        forget(db, lists.id, document("ACME", "Seat"), texts())
    found = lists.ensure(document("Acme", "Seat", "Bench"))
    assert found[ITEM, "Bench"] is None
    assert found[CUSTOMER, "Acme"] is not None
    assert found[ITEM, "Seat"] is not None


def test_another_company_knows_nothing_of_it(lists: Lists) -> None:
    lists.ensure(document("Acme"))
    lists.are_present("Acme")
    with lists.database.transaction() as db:
        other = tenant(db, lists.clock(), "other")
        assert ensure(db, other, wanted(document("Acme")), lists.clock())[CUSTOMER, "Acme"] is not None


@pytest.mark.parametrize(("kind", "tag"), [(CUSTOMER, "CustomerQueryRq"), (ITEM, "ItemQueryRq")])
def test_the_question(kind: ListKind, tag: str) -> None:
    guid = UUID(int=7)
    entry = ListEntry(kind=kind, full_name="A & B:C")
    query = etree.fromstring(render(query_for(entry, PostingOptions.model_validate({}), guid)))
    assert (query.tag, query.get("requestID"), query.findtext("FullName")) == (tag, str(guid), "A & B:C")
