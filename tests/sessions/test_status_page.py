"""The page behind the link in the Web Connector's window: for who has the link, for three days, and of one company."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.open_work import Ended, Finding, WorkKind, end_work, note_work
from qbwc_server.reports.company import company_report
from qbwc_server.tenancy.companies import find_company
from tests.sessions.world import BY, World

EVIL = "<script>alert(1)</script>&\"'"


def invoice(number: str, **values: Any) -> dict[str, Any]:
    return {
        "kind": "invoice", "origin": f"t:{number}", "number": number, "date": "2026-03-02", "customer": "Acme",
        "lines": [{"item": "Seat", "amount": "36.00"}], **values,
    }  # fmt: skip


def link_of(words: str) -> str:
    assert "http://localhost:8000/status/" in words
    return words[words.index("/status/") :]


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A browser."""
    return world.app.test_client()


def refused(world: World, **values: Any) -> str:
    """An invoice that QuickBooks refuses; the link that the session ends with."""
    world.hand_in(read_document(invoice("1", terms="No such terms", **values)))
    return link_of(world.update().status_line)


def test_the_link_says_what_needs_whom(world: World, client: FlaskClient) -> None:
    page = client.get(refused(world))
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "Kern Lighting: 1 thing needs you" in text
    assert "Invoice 1 for Acme, 36.00 (document 1)" in text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_nothing_of_outside_is_markup(world: World, client: FlaskClient) -> None:
    text = client.get(refused(world, customer=f"Acme {EVIL}")).get_data(as_text=True)
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize("secret", ["", "x", "a" * 4000, "%00", "..%2f..", "ü", "%F0%28%8C%28"])
def test_other_links_show_nothing(world: World, client: FlaskClient, secret: str) -> None:
    refused(world)
    page = client.get(f"/status/{secret}")
    assert page.status_code == 404
    assert b"Kern" not in page.data


def test_a_link_ends(world: World, client: FlaskClient) -> None:
    link = refused(world)
    world.clock.advance(days=2, hours=23)
    assert client.get(link).status_code == 200
    world.clock.advance(hours=2)
    page = client.get(link)
    assert (page.status_code, b"has ended" in page.data) == (404, True)


def test_the_link_is_kept_nowhere(world: World) -> None:
    """Who sees the words of a session later, such as a colleague who may see less, is not let in by them."""
    secret = refused(world).rpartition("/")[2]
    with world.database.reading() as db:
        kept = db.execute(text("SELECT * FROM update_sessions")).all()
        report = company_report(db, find_company(db, "kern"), now=world.clock())
    assert secret not in str(kept)
    assert "/status/" not in str(report)
    assert report.last_session_words == "1 needs you."


def test_what_was_left_by_an_earlier_session_is_said_again(world: World) -> None:
    refused(world)
    world.hand_in(read_document(invoice("2")))
    assert world.update().status_line.startswith("1 invoice posted, 1 needs you: http")


def test_open_work_is_not_well(world: World) -> None:
    with world.database.transaction() as db:
        company = find_company(db, world.code)
        finding = Finding(WorkKind.TOTAL_DIFFERS, "1", "It came to 32.48.", "Look at it.")
        (item,) = note_work(db, company.id, [finding], now=world.clock())
    world.hand_in(read_document(invoice("1")))
    words = world.update().status_line
    assert words.startswith("1 invoice posted, 1 needs you: http")
    assert "It came to 32.48." in world.app.test_client().get(link_of(words)).get_data(as_text=True)
    with world.database.transaction() as db:
        end_work(db, company.id, item.id, Ended.DONE, by=BY, now=world.clock())
    world.hand_in(read_document(invoice("2")))
    assert world.update().status_line == "1 invoice posted."
