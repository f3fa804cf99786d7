"""A document as a form: every kind comes back as it went out, and what is typed stands where it belongs."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from qbwc_server.documents.kinds import KINDS, body_digest, dump_document, kept_form, load_document, read_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import SaveResult
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.rules.applying import Ruled, apply_rules
from qbwc_server.mapping.rules.learning import book
from qbwc_server.mapping.rules.rule import Direction, StatementEntry
from qbwc_server.mapping.rules.statement import entries_of
from qbwc_server.portal.document_form import EMPTY_LINES, MOST_LINES, lines_of, read_form, records_of, typed_in
from qbwc_server.posting.submitting.hand_in import Aside, hand_in
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN
from tests.kinds_examples import example
from tests.qbwc_server.books.mirror.lists_kept import keep
from tests.qbwc_server.books.mirror.lists_kept import told as account
from tests.qbwc_server.portal.conftest import Browser, Town, invoice, said


def values_of(kind: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(dump_document(example(kind)))
    return values


def sent(kind: str, values: dict[str, Any]) -> dict[str, str]:
    """All that a browser sends of the form where nobody has typed anything."""
    cells = [cell for record in records_of(kind, values) for cell in record.cells]
    cells += [cell for table in lines_of(kind, values) for row in table.rows for cell in row]
    return {cell.name: cell.value.replace("\n", "\r\n") for cell in cells}


@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_touched_is_the_same_document(kind: str) -> None:
    values = values_of(kind)
    again = read_form(kind, values, typed_in(sent(kind, values)))
    _, body = kept_form(read_document({**again, "kind": kind, "origin": values["origin"]}))
    assert body_digest(body) == body_digest(dump_document(example(kind)))


def test_a_line_is_added_changed_and_left_out() -> None:
    values = json.loads(dump_document(read_document(invoice(lines=[{"item": "A", "amount": "1"}, {"item": "B"}]))))
    typed = typed_in(sent("invoice", values))
    typed |= {"lines.0.item": "", "lines.0.amount": "", "lines.1.quantity": "3", "lines.4.item": "C"}
    found = read_form("invoice", values, typed)
    assert found["lines"] == [{"item": "B", "quantity": "3"}, {"item": "C"}]


def test_what_is_emptied_is_not_there_and_an_address_has_its_lines() -> None:
    values = json.loads(dump_document(read_document(invoice(memo="x"))))
    found = read_form("invoice", values, {"memo": "", "customer.billing_address.lines": "Street 1\n\nYard"})
    assert "memo" not in found
    assert found["customer"]["billing_address"] == {"lines": ["Street 1", "Yard"]}


def test_of_very_many_lines_the_rest_stays() -> None:
    many = [{"item": f"I{at}", "amount": "1"} for at in range(MOST_LINES + 7)]
    values = json.loads(dump_document(read_document(invoice(lines=many))))
    (table,) = lines_of("invoice", values)
    assert (len(table.rows), table.more) == (MOST_LINES, 7)
    assert [one["item"] for one in read_form("invoice", values, {})["lines"]] == [one["item"] for one in many]


def test_a_person_edits_a_document_on_its_page(town: Town, owner: Browser) -> None:
    number = town.document("acme")
    at = f"/companies/acme/documents/{number}"
    assert f"/portal{at}/edit" in owner.get(at).text
    answer = owner.send(
        f"{at}/edit", f"{at}/edit", revision="1", **{"at-memo": "by hand", "at-lines.1.item": "Freight"}
    )
    assert answer.status_code == 303
    page = said(owner.get(at))
    assert "Freight" in page
    assert "Olga Owner" in page


def test_what_cannot_be_kept_is_said_and_what_was_typed_stands_there(town: Town, owner: Browser) -> None:
    number = town.document("acme")
    at = f"/companies/acme/documents/{number}/edit"
    answer = owner.send(at, at, revision="1", **{"at-lines.0.quantity": "two", "at-memo": '<b>"'})
    assert answer.status_code == 409
    assert 'value="two"' in answer.text
    assert "&lt;b&gt;&#34;" in answer.text
    with town.database.reading() as db:
        assert load_document(db.get_one(DocumentRow, number).body).memo is None


def test_a_form_of_an_older_revision_changes_nothing(town: Town, owner: Browser) -> None:
    number = town.document("acme")
    at = f"/companies/acme/documents/{number}/edit"
    owner.send(at, at, revision="1", **{"at-memo": "first"})
    answer = owner.send(at, at, revision="1", **{"at-memo": "second"})
    assert answer.status_code == 409
    assert "was changed since you opened it" in said(answer)


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30])
def test_a_strange_revision_is_none(town: Town, owner: Browser, revision: str) -> None:
    number = town.document("acme")
    at = f"/companies/acme/documents/{number}/edit"
    assert owner.send(at, at, revision=revision, **{"at-memo": "x"}).status_code == 409


def test_room_for_more_lines_stands_below() -> None:
    (table,) = lines_of("invoice", json.loads(dump_document(read_document(invoice()))))
    assert len(table.rows) == 1 + EMPTY_LINES


def test_onto_which_invoice_its_lines_belong_is_shown_only_where_it_is_said() -> None:
    """Else every invoice would ask for a window."""
    plain = json.loads(dump_document(example("invoice")))
    assert not any(cell.path.startswith("onto.") for record in records_of("invoice", plain) for cell in record.cells)
    onto = {"first": "2026-03-01", "last": "2026-03-31", "until": "2026-03-02T22:00:00Z", "items": ["Seat", "Backup"]}
    keyed = {**plain, "onto": onto, "lines": [{"item": "Seat", "quantity": "1", "key": "SEATS00000001"}]}
    document = read_document({**keyed, "stated": None, "total": None, "subtotal": None})
    values = json.loads(dump_document(document))
    cells = {cell.path: cell.value for record in records_of("invoice", values) for cell in record.cells}
    assert (cells["onto.first"], cells["onto.items"]) == ("2026-03-01", "Seat\nBackup")
    again = read_document({**read_form("invoice", values, {}), "kind": "invoice", "origin": document.origin})
    assert again == load_document(dump_document(document))


@pytest.mark.parametrize("remember", ["yes", ""], ids=["remembered", "this once"])
def test_an_account_that_a_person_chooses_is_remembered_where_he_wants_that(
    town: Town, owner: Browser, remember: str
) -> None:
    line = {"account": "Unknown", "amount": "10.00", "memo": "Parking 12"}
    told = {"kind": "check", "origin": "bank:1", "date": "2026-03-02", "bank_account": "Checking", "expenses": [line]}
    document = read_document(told)
    with town.database.transaction() as db:
        company = find_company(db, "acme")
        keep(db, company.id, account("Travel-1", "Travel", entry_type="Expense"), kind=ListKind.ACCOUNT)
        (drafted,) = apply_rules(db, company.id, [(document, Ruled(document), entries_of(document))])
        aside = Aside(entries=drafted.entries)
        handed = hand_in(db, company, [document], by=ANN, now=town.clock(), submit_now=False, asides=[aside])
        (result,) = handed.results
        assert isinstance(result, SaveResult)
        number, company_id = result.row.id, company.id
    at = f"/companies/acme/documents/{number}/edit"
    assert "Remember accounts" in owner.get(at).text
    answer = owner.send(at, at, revision="1", remember=remember, **{"at-expenses.0.account": "Travel"})
    assert answer.status_code == 303
    entry = StatementEntry("PARKING 13", Direction.EXPENSE, Decimal("8.00"))
    with town.database.reading() as db:
        (found,) = book(db, company_id, [entry])
    assert (None if found is None else found.lines[0].account) == ("Travel" if remember else None)
