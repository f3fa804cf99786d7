"""E-mails leave once for each transaction that was committed, are tried again, and are given up in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from qbwc_server.db import Database
from qbwc_server.errors import NotFound
from qbwc_server.outbox.delivering import try_again
from qbwc_server.outbox.letter import Letter
from qbwc_server.outbox.mail import (
    PATIENCE,
    OutgoingMail,
    To,
    deliver_mail,
    find_mail,
    newest_mail,
    purge_mail,
    put_letter,
)
from qbwc_server.outbox.rows import DeliveryState
from qbwc_server.outbox.smtp import Post
from qbwc_server.reports.mail import mail_record, mail_trouble
from qbwc_server.settings import Settings
from tests.conftest import TurnableClock
from tests.qbwc_server.outbox.mail_server import MailServer
from tests.qbwc_server.tenants import tenant

ANN, BOB = To("1", "ann@example.com"), To("2", "bob@example.com")
LETTER = Letter(
    "Grüße\r\nBcc: eve@example.com",
    ("Müller & <b>Söhne</b> is silent.",),
    (("posted", "12"),),
    "https://x.example.com/a",
)


class Office:
    """Writes letters, and has them delivered."""

    def __init__(self, database: Database, settings: Settings, clock: TurnableClock) -> None:
        self.database, self.settings, self.clock = database, settings, clock

    def put(self, key: str, *to: To) -> None:
        with self.database.transaction() as db:
            put_letter(db, key, to, LETTER, now=self.clock())

    def deliver(self) -> str:
        return deliver_mail(
            database=self.database, settings=self.settings, clock=self.clock, checkpoint=lambda: None, due_at=None
        )

    def rows(self) -> list[OutgoingMail]:
        with self.database.reading() as db:
            return list(db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


@pytest.fixture
def office(database: Database, with_mail: Settings, clock: TurnableClock) -> Office:
    return Office(database, with_mail, clock)


def test_a_letter_reaches_each_once_as_text_and_html(office: Office, mail_server: MailServer) -> None:
    office.put("a", ANN, BOB)
    office.put("a", ANN)  # the same once more
    assert office.deliver() == "E-mails: delivered: 2."
    assert office.deliver() == ""
    assert [to for to, _ in mail_server.subjects] == [ANN.address, BOB.address] == mail_server.recipients
    message = mail_server.taken[0]
    assert message["From"] == "Books <books@example.com>"
    assert message["Subject"] == "Grüße Bcc: eve@example.com"
    assert message["Bcc"] is None
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Müller & <b>Söhne</b> is silent." in text.get_content()
    assert "posted  12" in text.get_content()
    assert "Müller &amp; &lt;b&gt;Söhne&lt;/b&gt; is silent." in html.get_content()
    assert "<script" not in html.get_content()
    assert [row.state for row in office.rows()] == [DeliveryState.DELIVERED] * 2


def test_what_is_rolled_back_never_leaves(office: Office, mail_server: MailServer) -> None:
    with pytest.raises(NotFound), office.database.transaction() as db:
        put_letter(db, "a", [ANN], LETTER, now=office.clock())
        raise NotFound
    office.deliver()
    assert mail_server.taken == []


def test_nothing_is_tried_without_a_mail_server(office: Office, settings: Settings, mail_server: MailServer) -> None:
    office.put("a", ANN)
    office.settings = settings
    assert office.deliver() == ""
    assert [row.attempts for row in office.rows()] == [0]


def test_it_is_tried_again_with_growing_pauses_and_given_up(office: Office, mail_server: MailServer) -> None:
    mail_server.answers["DATA"] = "451 later"
    office.put("a", ANN)
    pauses: list[timedelta] = []
    while (row := office.rows()[0]).state is DeliveryState.WAITING:
        office.clock.moment = max(office.clock.moment, row.due_at)
        office.deliver()
        pauses.append(office.rows()[0].due_at - office.clock())
        assert office.deliver() == ""  # not before its time
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(pauses) == PATIENCE.longest
    assert row.state is DeliveryState.DEAD
    assert timedelta(days=3) <= office.clock() - row.created_at < timedelta(days=3, hours=5)
    with office.database.reading() as db:
        trouble = mail_trouble(db)
    assert trouble is not None
    assert "1 e-mail was given up. The newest, to ann@example.com: The mail server said: 451 later" in trouble


def test_a_dead_one_goes_once_more_when_a_person_says_so(office: Office, mail_server: MailServer) -> None:
    mail_server.answers[ANN.address] = "550 no such mailbox"
    office.put("a", ANN, BOB)
    assert office.deliver() == "E-mails: delivered: 1, given up: 1."  # at once: it would be refused again
    (number,) = (row.id for row in office.rows() if row.state is DeliveryState.DEAD)
    del mail_server.answers[ANN.address]
    office.clock.advance(days=10)
    assert office.deliver() == ""
    with office.database.transaction() as db:
        assert try_again(find_mail(db, number), office.clock())
    assert office.deliver() == "E-mails: delivered: 1."
    with office.database.transaction() as db:
        assert not try_again(find_mail(db, number), office.clock())
        assert mail_trouble(db) is None
    with office.database.reading() as db, pytest.raises(NotFound):
        find_mail(db, 999)
    assert mail_record(office.rows()[0])["state"] == "delivered"


def test_one_address_for_which_the_server_is_busy_keeps_back_no_other(office: Office, mail_server: MailServer) -> None:
    mail_server.answers[ANN.address] = "450 busy"
    office.put("a", ANN, BOB)
    assert office.deliver() == "E-mails: delivered: 1, to be tried again: 1."
    del mail_server.answers[ANN.address]
    office.clock.advance(minutes=1)
    assert office.deliver() == "E-mails: delivered: 1."
    assert [to for to, _ in mail_server.subjects] == [BOB.address, ANN.address]


def test_where_nobody_answers_the_rest_is_left_for_later(office: Office, mail_server: MailServer) -> None:
    office.put("a", ANN, BOB)
    office.settings = office.settings.model_copy(update={"smtp_port": 1})
    assert office.deliver() == "E-mails: to be tried again: 1."
    assert [row.attempts for row in office.rows()] == [1, 0]
    assert "cannot be reached" in (office.rows()[0].trouble or "")


def test_what_breaks_here_stops_no_other(
    office: Office, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Post.send

    def broken(post: Post, envelope: object) -> None:
        if getattr(envelope, "address", "") == ANN.address:
            raise ZeroDivisionError
        send(post, envelope)  # type: ignore[arg-type]

    monkeypatch.setattr(Post, "send", broken)
    office.put("a", ANN, BOB)
    assert office.deliver() == "E-mails: delivered: 1, to be tried again: 1."
    assert "ZeroDivisionError" in (office.rows()[0].trouble or "")


def test_killed_between_delivery_and_note_it_is_the_same_message_twice(
    office: Office, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    office.put("a", ANN)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("qbwc_server.outbox.delivering._note", killed)
        office.deliver()
    office.clock.advance(minutes=5)
    assert office.deliver() == "E-mails: delivered: 1."
    first, second = mail_server.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_old_ones_go_and_those_that_wait_stay(office: Office, mail_server: MailServer) -> None:
    office.put("a", ANN)
    office.deliver()
    office.put("b", BOB)
    with office.database.transaction() as db:
        put_letter(db, "c", [ANN], LETTER, now=office.clock(), company_id=tenant(db, office.clock()).id)
    office.clock.advance(days=61)
    said = purge_mail(database=office.database, clock=office.clock, checkpoint=lambda: None)
    assert said == "E-mails dropped: 1."
    with office.database.reading() as db:
        assert [row.key for row in newest_mail(db, state=DeliveryState.WAITING)] == ["c 1", "b 2"]
