"""Markup in every text that can reach a page stays text, on every page there is."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from sqlalchemy import update

from qbwc_server.books.holds import HoldKind, put_on_hold
from qbwc_server.connector.models import UpdateSessionRow
from qbwc_server.connector.session import SessionState
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Finding, WorkKind, note_work
from qbwc_server.outbox.webhooks import Webhook, WebhookDelivery
from qbwc_server.portal.pages import PAGES
from qbwc_server.reports.listing import Tab
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.permissions import Role
from tests.qbwc_server.portal.conftest import Browser, Town

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)><a href=javascript:alert(3) style=x>{{7*7}}"
QUOTED = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
_ATTRIBUTES_OF_OURS = re.compile(r"/portal/[A-Za-z0-9._~/-]*(\?[A-Za-z0-9._~%=&;+()/-]*)?|#[a-z-]*|mailto:[^<>\"']*")


class Read(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("img", "iframe", "object", "embed", "base", "style"):
            self.wrong.append(tag)
        for name, value in attrs:
            leads = name in ("href", "src", "action", "formaction")
            if name.startswith("on") or name == "style" or (leads and not _ATTRIBUTES_OF_OURS.fullmatch(value or "")):
                self.wrong.append(f"{tag} {name}={value}")


@pytest.fixture
def evil(town: Town) -> Browser:
    """The owner of a company in which every text is markup, as far as its column takes it."""
    town.company("evil", "Evil")
    browser = town.person("owner@evil.example", EVIL, evil=Role.OWNER)
    documents = [
        town.document("evil", origin=f"t:{number}", number=str(number), customer={"name": EVIL[:40]}, memo=EVIL)
        for number in range(len(State))
    ]
    town.webhook("evil")
    now = town.clock()
    by = Actor(ActorKind.PERSON, EVIL[:90], "1")
    with town.database.transaction() as db:
        company = find_company(db, "evil")
        for number, state in zip(documents, State, strict=True):
            texts = {"message": EVIL, "advice": EVIL, "party": EVIL[:60], "txn_id": EVIL[:30], "number": EVIL[:20]}
            db.execute(update(DocumentRow).where(DocumentRow.id == number).values(state=state, **texts))
        for kind in WorkKind:
            note_work(db, company.id, [Finding(kind, EVIL[:60], EVIL, EVIL, documents[0])], now=now)
        put_on_hold(db, company.id, HoldKind.OTHER_FILE, EVIL, by=by, now=now)
        db.execute(update(Webhook).values(url=EVIL, disabled_at=now, disabled_why=EVIL))
        db.execute(update(WebhookDelivery).values(trouble=EVIL))
        for error in (None, EVIL):
            db.add(
                UpdateSessionRow(
                    company_id=company.id, ticket_digest=str(error)[:9], state=SessionState.CLOSED, started_at=now,
                    last_call_at=now, ended_at=now, closing_words=EVIL, error=error, advice=error, needs_you=1,
                )
            )  # fmt: skip
        db.execute(update(Company).where(Company.id == company.id).values(name=EVIL))
    browser.client.environ_base["HTTP_USER_AGENT"] = EVIL
    browser.sign_in(browser.email)
    return browser


def paths() -> list[str]:
    """Every page that is read, with markup in what it is asked for, too."""
    found = []
    for page in PAGES:
        if page.method == "GET":
            path = page.address.replace("<code>", "evil")
            path = re.sub(r"<[^<>]*:(?:document_id|item_id|link_id|webhook_id)>", "1", path)
            path = re.sub(r"<[^<>]*>", QUOTED, path)
            found += [path, f"{path}?q={QUOTED}&reason={QUOTED}&kind={QUOTED}&next={QUOTED}&every={QUOTED}"]
    listed = "/companies/evil/documents"
    found += [f"{listed}?tab={tab.value}" for tab in Tab] + [f"{listed}?tab={QUOTED}"]
    return [
        *found,
        *(f"{listed}/{number}" for number in range(2, len(State) + 1)),
        f"/companies/{QUOTED}",
        f"/{QUOTED}",
    ]


def test_markup_stays_text_on_every_page(evil: Browser) -> None:
    shown = 0
    for path in paths():
        answer = evil.get(path)
        assert answer.status_code < 500, path
        if answer.mimetype != "text/html":
            continue
        assert Read(answer.text).wrong == [], path
        assert set(re.findall(r"<script[^>]*>", answer.text)) <= set(re.findall(OURS, answer.text)), path
        assert "49" not in re.findall(r">(\d+)<", answer.text), path
        shown += "&lt;script&gt;" in answer.text
    assert shown > len(State)  # it was there to be read


OURS = r'<script src="/portal/static/[0-9a-f]{16}/[a-z-]+\.js" type="module">'


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/documents/1/decide", {"outcome": "posted", "txn_id": EVIL}),
        ("/documents/1/decide", {"outcome": EVIL}),
        ("/documents/1/submit", {}),
        ("/resume", {"hold": EVIL}),
        ("/resume", {"hold": "other_file", "accept_file": EVIL}),
        ("/settings", {"name": EVIL * 9, "time_zone": EVIL}),
        ("/set-up/password", {"keep": EVIL}),
        ("/set-up/links", {"lives": EVIL}),
    ],
)
def test_markup_that_is_sent_stays_text_in_what_is_answered(evil: Browser, path: str, fields: dict[str, str]) -> None:
    answer = evil.send(f"/companies/evil{path}", "/sessions", **fields)
    assert answer.status_code < 500
    assert Read(answer.text).wrong == []


def test_who_signs_in_with_markup_is_shown_it_as_text(town: Town) -> None:
    browser = town.stranger()
    for fields in ({"email": EVIL}, {"email": f"{EVIL}@example.com"}, {"next": EVIL}):
        said = {"email": "ann@example.com", "password": "x", **fields}
        answer = browser.send("/sign-in", "/sign-in", **said)
        assert Read(answer.text).wrong == []
