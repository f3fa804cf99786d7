"""Audit and tokens in a browser."""

from __future__ import annotations

import csv
import io
import re

from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.tokens import find_token
from tests.qbwc_server.portal.conftest import Browser, Town, said

AUDIT = "/companies/acme/audit"
TOKENS = "/companies/acme/tokens"


def test_the_audit_is_read_page_by_page_and_as_a_file(town: Town, owner: Browser) -> None:
    with town.database.transaction() as db:
        for number in range(60):
            subject = f'=HYPERLINK("http://evil.example";"{number}")'
            note_audit(
                db, Audited.MAPPED, by=SERVER, now=town.clock(), company_id=town.found("acme").id, subject=subject,
                after={"name": "<b>bold</b>"},
            )  # fmt: skip
    first = owner.get(AUDIT)
    assert "<b>bold" not in first.text
    assert first.text.count("<tr>") == 51
    older = re.search(r'rel="next" href="/portal([^"]+)"', first.text)
    assert older
    assert "Company added: acme" in said(owner.get(older[1]))
    file = owner.get(f"{AUDIT}/file")
    rows = list(csv.reader(io.StringIO(file.text)))
    assert len(rows) > 60
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert file.headers["Content-Disposition"] == 'attachment; filename="acme-audit.csv"'


def test_a_token_is_made_shown_once_and_revoked(town: Town, owner: Browser) -> None:
    made = owner.client.post(
        f"/portal{TOKENS}",
        data={"proof": owner.proof(TOKENS), "label": "Shop", "scope": ["read", "write"], "days": "30"},
    )
    found = re.search(r">(qbwc_[\w-]{43})<", made.text)
    assert found
    assert found[1] not in owner.get(TOKENS).text
    with town.database.reading() as db:
        token = find_token(db, found[1], town.clock())
        assert token is not None
        assert (sorted(token.scopes), token.state) == (["read", "write"], "usable")
    assert owner.send(f"{TOKENS}/{token.token_id}/revoke", TOKENS).status_code == 303
    assert "Revoked" in said(owner.get(TOKENS))
    assert owner.send(f"{TOKENS}/99/revoke", TOKENS).status_code == 422


def test_no_token_without_a_purpose_or_a_scope(owner: Browser) -> None:
    for fields in ({"label": "", "scope": "read"}, {"label": "x"}, {"label": "x", "scope": "all"}):
        assert owner.send(TOKENS, TOKENS, **fields).status_code == 422
    assert owner.send(TOKENS, TOKENS, label="x", scope="read", days="ever").status_code == 422
    assert "No token yet" in said(owner.get(TOKENS))
