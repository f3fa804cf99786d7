"""Invoices are marked as sent in a browser."""

from __future__ import annotations

from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.onto.sent_here import marked_sent
from qbwc_server.tenancy.permissions import Role
from tests.qbwc_server.portal.conftest import Browser, Town, said

AT = "/companies/acme/billing/sent"


def marked(town: Town, *txn_ids: str) -> set[str]:
    with town.database.reading() as db:
        return marked_sent(db, town.found("acme").id, txn_ids)


def test_an_invoice_of_somebody_else_is_marked_by_its_number(town: Town, owner: Browser) -> None:
    assert owner.send(AT, AT, number=" 1034 ").status_code == 303
    assert owner.send(AT, AT, number="1A2B-1760000000").status_code == 303
    assert marked(town, "#1034", "1A2B-1760000000") == {"#1034", "1A2B-1760000000"}
    page = owner.get(AT)
    assert ">1034<" in page.text.replace(" ", "")
    owner.send(f"{AT}/take-back", AT, invoice="#1034")
    assert marked(town, "#1034") == set()
    assert owner.send(AT, AT, number="").status_code == 422


def test_an_invoice_of_somebody_else_is_marked_by_its_txn_id(town: Town, owner: Browser) -> None:
    page = said(owner.get(AT))
    assert "One with both flags off counts as sent." in page  # part f, 2: the rule stands on the page
    assert "Nothing is marked" in page
    assert owner.send(AT, AT, invoice="1A-9").headers["Location"] == f"/portal{AT}"
    assert "1A-9" in said(owner.get(AT))
    assert owner.send(f"{AT}/take-back", AT, invoice="1A-9").status_code == 303
    assert marked(town, "1A-9") == set()
    wrong = owner.send(AT, AT, invoice="none")
    assert (wrong.status_code, "is no invoice" in said(wrong)) == (422, True)


def test_an_invoice_of_ours_is_marked_on_its_page(town: Town, owner: Browser) -> None:
    document = town.document("acme")
    at = f"/companies/acme/documents/{document}"
    assert "Mark as sent" not in owner.get(at).text  # it is not in QuickBooks
    with town.database.transaction() as db:
        row = db.get_one(DocumentRow, document)
        row.state, row.txn_id, row.posted_number = State.POSTED, "1A-2", "77"
    answer = owner.send(AT, at, invoice=str(document), back="document")
    assert answer.headers["Location"] == f"/portal{at}"
    assert "Not sent after all" in owner.get(at).text
    assert marked(town, "1A-2") == {"1A-2"}
    owner.send(f"{AT}/take-back", at, invoice=str(document), back="document")
    assert marked(town, "1A-2") == set()


def test_a_viewer_marks_nothing(town: Town) -> None:
    viewer = town.person("eve@acme.example", "Eve", acme=Role.VIEWER)
    assert "Mark another one" not in viewer.get(AT).text
    assert viewer.client.post(f"/portal{AT}", data={"proof": viewer.proof("/sessions")}).status_code == 403
