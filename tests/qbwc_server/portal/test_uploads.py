"""A file uploaded in a browser, without script: what came of it, what is refused, and who may."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from qbwc_server.channels.files.receiving import MOST_BYTES
from qbwc_server.documents.store import listing
from qbwc_server.portal.uploads import MOST_FORM_BYTES
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.members import change_role
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import find_user
from tests.channels.files.test_importing import invoice
from tests.qbwc_server.portal.conftest import Browser, Town, said

ALL = "/companies/acme/connections"


def lines(*values: dict[str, Any] | str) -> bytes:
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in values).encode()


def send(browser: Browser, data: bytes | None, name: str = "march.jsonl", **fields: str) -> TestResponse:
    parts = [
        f'name="{field}"\r\n\r\n{value}'.encode() for field, value in {"proof": browser.proof(ALL), **fields}.items()
    ]
    if data is not None:
        parts.append(f'name="file"; filename="{name}"\r\n\r\n'.encode() + data)
    body = b"".join(b"--edge\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    sent = "multipart/form-data; boundary=edge"
    return browser.client.post("/portal/companies/acme/uploads", data=body, content_type=sent)


def states(town: Town) -> dict[str, str]:
    with town.database.reading() as db:
        return {row.origin: row.state.value for row in listing(db, find_company(db, "acme").id)}


def test_a_file_is_taken_and_told(town: Town, owner: Browser) -> None:
    page = owner.get(ALL).text
    assert 'enctype="multipart/form-data"' in page
    answer = send(owner, lines(invoice("a", number="1"), "{"))
    told = said(answer)
    assert answer.status_code == 200
    for words in ("march.jsonl (JSON Lines)", "1 added", "1 with problems", "0 submitted, 1 for review", "Not taken"):
        assert words in told, words
    assert states(town) == {"a": "for_review"}
    assert "The same file came in before" in said(send(owner, lines(invoice("a", number="1"), "{"), "copy.jsonl"))
    shown = said(owner.get(f"{ALL}/1"))
    for words in ("march.jsonl", "copy.jsonl", "when a file is uploaded", "1 set aside"):
        assert words in shown, words
    assert "Run now" not in shown


def test_what_is_ticked_is_done(town: Town, owner: Browser) -> None:
    send(owner, lines(invoice("a", number="1")), submit="yes")
    assert states(town) == {"a": "submitted"}
    assert "1 with problems" in said(send(owner, lines(invoice("a", number="2"))))
    assert "1 revised" in said(send(owner, lines(invoice("a", number="2")), revise="yes"))
    head = "kind,origin,date,customer,item,amount\ninvoice,b,02/03/2026,Ann,Tea,5.00\n"
    assert "1 added" in said(send(owner, head.encode(), "s.csv", format="csv", options="dates = day_first\n"))
    assert set(states(town)) == {"a", "b"}


@pytest.mark.parametrize(
    ("data", "fields", "words"),
    [
        (None, {}, "Choose a file first."),
        (b"", {}, "is empty"),
        (b"Dear Ann,\n", {}, "none of the known formats"),
        (b"{}", {"options": "blue"}, "NAME=VALUE"),
        (b"{}", {"options": "colour=blue"}, "no option colour"),
        (b"{}", {"format": "excel"}, "no format"),
    ],
)
def test_what_cannot_be_taken_is_said_above_the_form(
    town: Town, owner: Browser, data: bytes | None, fields: dict[str, str], words: str
) -> None:
    answer = send(owner, data, "letter.txt", **fields)
    assert answer.status_code == 422
    assert words in said(answer)
    assert 'name="file"' in answer.text
    if "options" in fields:
        assert fields["options"] in answer.text  # what was typed stays
    assert states(town) == {}


def test_a_file_has_an_end(owner: Browser) -> None:
    assert send(owner, b"x" * (MOST_BYTES + 1)).status_code == 422
    assert send(owner, b"x" * (MOST_FORM_BYTES + 1)).status_code == 413
    assert send(owner, lines("{").ljust(MOST_BYTES, b"\n"), format="jsonl").status_code == 200


def test_a_connection_is_chosen_where_there_are_several(town: Town, owner: Browser) -> None:
    send(owner, lines(invoice("a", number="1")))
    assert 'name="connection"' not in owner.get(ALL).text
    form = "/companies/acme/connect/files"
    owner.send(form, form, **{"option-name": "till", "title": "T", "every": "0"})
    assert 'name="connection"' in owner.get(ALL).text
    answer = send(owner, lines(invoice("b", number="2")), connection="2")
    assert "/connections/2" in answer.text
    assert send(owner, lines(invoice("c", number="3")), connection="77").status_code == 404


def test_kinds_that_somebody_may_not_bring_stay_out(town: Town, owner: Browser) -> None:
    colleague = town.person("colleague@acme.example", acme=Role.BOOKKEEPER)
    with town.database.transaction() as db:
        user, company = find_user(db, "colleague@acme.example"), find_company(db, "acme")
        limits = {"invoice": ["view"]}
        change_role(db, user, company, Role.BOOKKEEPER, limits=limits, by=SERVER, now=town.clock())
    receipt = {**invoice("r", number="2"), "kind": "sales_receipt"}
    told = said(send(colleague, lines(invoice("a", number="1"), receipt), submit="yes"))
    assert "You may not create and edit documents of the kind invoice." in told
    assert states(town) == {"r": "submitted"}


def test_who_may_not_create_documents_has_no_form(town: Town, owner: Browser) -> None:
    viewer = town.person("viewer@acme.example", acme=Role.VIEWER)
    assert 'name="file"' not in viewer.get(ALL).text
