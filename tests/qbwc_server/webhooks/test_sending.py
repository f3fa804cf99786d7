"""What webhooks are told arrives signed, is tried again for a day, goes nowhere private, and ends some time."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from qbwc_server.jobs.each import WEBHOOK
from qbwc_server.outbox.mail import OutgoingMail
from qbwc_server.outbox.rows import DeliveryState
from qbwc_server.outbox.webhooks import Webhook, WebhookDelivery, WebhookEvent
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.audit import Audited, audit_of
from qbwc_server.webhooks import sending
from qbwc_server.webhooks.sending import PATIENCE, purge_deliveries
from qbwc_server.webhooks.setting_up import Changes, change_webhook, find_webhook, rotate_secret, send_again
from tests.qbwc_server.webhooks.conftest import Town


def test_what_happened_is_told_once_signed_and_in_order(town: Town) -> None:
    town.happens(3)
    assert town.deliver() == f"Webhook {town.webhook_id}: delivered: 3."
    assert town.deliver() == ""
    assert [body["data"]["document"]["id"] for body in town.bodies()] == [1, 2, 3]
    first = town.bodies()[0]
    assert (first["type"], first["version"], first["timestamp"]) == ("document.posted", 1, "2026-03-02T15:00:00.000Z")
    assert first["data"]["company"] == "kern"
    heard = town.program.heard[0]
    assert all(one.is_signed_with(town.secret) for one in town.program.heard)
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["webhook-timestamp"] == str(int(town.clock().timestamp()))
    assert town.secret.removeprefix("whsec_") not in repr(town.program.heard)
    assert {(row.state, row.status, row.attempts) for row in town.rows()} == {(DeliveryState.DELIVERED, 200, 1)}
    assert town.webhook().delivered_at == town.clock()


def test_what_is_not_taken_is_told_again_under_the_same_id_with_growing_pauses(town: Town) -> None:
    town.program.answers = [(500, {})] * 4
    town.happens()
    pauses = []
    for _ in range(4):
        assert "to be tried again: 1" in town.deliver()
        assert town.deliver() == ""  # not before its time
        (row,) = town.rows()
        pauses.append(row.due_at - town.clock())
        town.clock.moment = max(row.due_at, town.webhook().resting_until or row.due_at)
    for pause, plain in zip(pauses, (30, 60, 120, 240), strict=True):
        assert timedelta(seconds=plain) * 0.75 <= pause <= timedelta(seconds=plain) * 1.25
    assert "delivered: 1" in town.deliver()
    assert len({heard.headers["webhook-id"] for heard in town.program.heard}) == 1
    assert len({heard.headers["webhook-timestamp"] for heard in town.program.heard}) == 5
    assert all(heard.is_signed_with(town.secret) for heard in town.program.heard)
    assert (town.webhook().failing_since, town.webhook().failures) == (None, 0)


def test_two_that_fail_together_do_not_come_back_together() -> None:
    pauses = {PATIENCE.pause(5, salt=str(number)) for number in range(100)}
    plain = PATIENCE.first * 16
    assert len(pauses) == 100
    assert plain * 0.75 <= min(pauses) < plain * 0.85
    assert plain * 1.15 < max(pauses) <= plain * 1.25


def test_the_first_that_fails_ends_the_round_and_rests_the_webhook(town: Town) -> None:
    town.program.answers = [(503, {})]
    town.happens(20)
    assert "to be tried again: 1" in town.deliver()
    assert len(town.program.heard) == 1
    assert [row.attempts for row in town.rows()] == [1] + [0] * 19


def test_a_round_ends_in_time_and_the_rest_is_for_the_next(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sending._send

    def slow(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        town.clock.advance(seconds=9)

    monkeypatch.setattr(sending, "_send", slow)
    town.happens(6)
    assert "delivered: 4" in town.deliver()
    assert "delivered: 2" in town.deliver()


def test_it_is_given_up_after_a_day_and_can_be_sent_again(town: Town) -> None:
    town.happens()
    town.program.answers = [(404, {})] * 100
    for _ in range(60):
        town.deliver()
        if town.rows()[0].state is DeliveryState.DEAD:
            break
        town.clock.advance(minutes=45)
    (row,) = town.rows()
    assert row.state is DeliveryState.DEAD
    assert timedelta(days=1) <= town.clock() - row.created_at < timedelta(days=1, hours=5)
    assert row.trouble == "The program answered with 404; what is not from 200 to 299 counts as not taken."
    assert row.attempts >= 8
    assert town.webhook().disabled_at is None
    town.program.answers = []
    with town.database.transaction() as db:
        send_again(db, find_webhook(db, town.company_id, town.webhook_id), row.id, now=town.clock())
    assert "delivered: 1" in town.deliver()
    assert len({heard.headers["webhook-id"] for heard in town.program.heard}) == 1


def fail_for_days(town: Town, days: int) -> None:
    town.program.answers = [(500, {})] * 1000
    for _ in range(days * 4):
        town.happens()
        town.deliver()
        town.clock.advance(hours=6)


def test_after_days_of_failure_it_is_switched_off_told_by_mail_and_noted(town: Town) -> None:
    fail_for_days(town, 2)
    assert town.webhook().disabled_at is None
    fail_for_days(town, 2)
    webhook = town.webhook()
    assert webhook.disabled_at is not None
    assert "500" in (webhook.disabled_why or "")
    assert DeliveryState.WAITING not in {row.state for row in town.rows()}
    with town.database.reading() as db:
        letters = db.scalars(select(OutgoingMail)).all()
        noted = [row.action for row in audit_of(db, company_id=town.company_id)]
        assert WEBHOOK.subjects(db) == []
    assert [(one.address, one.subject) for one in letters] == [
        ("ann@example.com", "Kern Lighting: a webhook is switched off")
    ]
    assert town.program.url in letters[0].text
    assert noted[0] is Audited.WEBHOOK_OFF
    before, heard = len(town.rows()), len(town.program.heard)
    town.happens()
    assert town.deliver() == ""
    assert (len(town.rows()), len(town.program.heard)) == (before, heard)


def test_switched_on_again_it_is_told_at_once_and_has_its_days_again(town: Town) -> None:
    fail_for_days(town, 4)
    with town.database.transaction() as db:
        webhook = find_webhook(db, town.company_id, town.webhook_id, locked=True)
        change_webhook(db, town.settings, webhook, Changes(enabled=True), by=SERVER, now=town.clock())
    town.happens()
    town.deliver()  # fails
    assert town.webhook().disabled_at is None
    town.program.answers = []
    town.clock.advance(minutes=1)
    assert "delivered: 1" in town.deliver()


def test_who_says_gone_is_told_no_more(town: Town) -> None:
    town.program.answers = [(410, {})]
    town.happens(2)
    assert "to be tried again: 1" in town.deliver()
    assert town.webhook().disabled_at == town.clock()
    assert [row.state for row in town.rows()] == [DeliveryState.DEAD] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(town: Town, status: int) -> None:
    town.program.answers = [(status, {"Location": town.program.url.replace("/hook", "/elsewhere")})]
    town.happens()
    town.deliver()
    assert [heard.path for heard in town.program.heard] == ["/hook"]
    assert town.rows()[0].status == status
    assert town.rows()[0].state is DeliveryState.WAITING


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"])
def test_a_name_that_means_a_private_address_by_now_is_not_called(town: Town, address: str) -> None:
    """It was public when it was entered, and is resolved to something else when it is called."""
    with town.database.transaction() as db:
        url = f"https://hooks.example.com:{town.program.port}/hook"
        db.execute(update(Webhook).where(Webhook.id == town.webhook_id).values(url=url))
    town.settings = town.settings.model_copy(update={"private_upstreams": False})
    town.happens()
    town.deliver(resolve=lambda host, port: [address])
    assert town.program.heard == []
    assert town.rows()[0].trouble == "The host hooks.example.com stands in a private network, or on this machine."
    assert address not in (town.rows()[0].trouble or "")


def test_one_private_address_among_public_ones_is_enough_to_refuse(town: Town) -> None:
    with town.database.transaction() as db:
        db.execute(update(Webhook).where(Webhook.id == town.webhook_id).values(url="https://hooks.example.com/"))
    town.settings = town.settings.model_copy(update={"private_upstreams": False})
    town.happens()
    town.deliver(resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    assert "private network" in (town.rows()[0].trouble or "")


def test_an_answer_without_an_end_is_not_read(town: Town) -> None:
    """The status is all that counts: what comes behind it may be as long as it likes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = threading.Event()

        def answer() -> None:
            with server.accept()[0] as there:
                there.recv(65_536)
                there.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
                try:
                    while True:
                        there.sendall(b"x" * 65_536)
                except OSError:
                    ended.set()

        thread = threading.Thread(target=answer)
        thread.start()
        with town.database.transaction() as db:
            db.execute(update(Webhook).where(Webhook.id == town.webhook_id).values(url=f"http://127.0.0.1:{port}/"))
        town.happens()
        assert "delivered: 1" in town.deliver()
        thread.join()
    assert ended.is_set()


def test_headers_that_never_end_are_given_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_WHOLE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def answer() -> None:
            with server.accept()[0] as there:
                there.recv(65_536)
                there.sendall(b"HTTP/1.1 200 OK\r\n")
                try:
                    while there.send(b"X-Slow: x\r\n"):
                        threading.Event().wait(0.01)
                except OSError:
                    return

        thread = threading.Thread(target=answer)
        thread.start()
        with town.database.transaction() as db:
            db.execute(update(Webhook).where(Webhook.id == town.webhook_id).values(url=f"http://127.0.0.1:{port}/"))
        town.happens()
        town.deliver()
        thread.join()
    assert town.rows()[0].state is DeliveryState.WAITING


def test_nobody_there_is_said_in_words_and_tried_again(town: Town) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with town.database.transaction() as db:
        db.execute(update(Webhook).where(Webhook.id == town.webhook_id).values(url=f"http://127.0.0.1:{port}/"))
    town.happens()
    assert "to be tried again: 1" in town.deliver()
    (row,) = town.rows()
    assert (row.trouble, row.status) == ("The address cannot be reached (ConnectError).", None)


def test_after_a_rotation_either_secret_is_enough_for_a_day(town: Town) -> None:
    with town.database.transaction() as db:
        webhook = find_webhook(db, town.company_id, town.webhook_id, locked=True)
        fresh = rotate_secret(db, town.settings, webhook, by=SERVER, now=town.clock()).get_secret_value()
    town.happens()
    town.deliver()
    assert town.program.heard[0].is_signed_with(town.secret)
    assert town.program.heard[0].is_signed_with(fresh)
    town.clock.advance(hours=24)
    town.happens()
    town.deliver()
    assert not town.program.heard[1].is_signed_with(town.secret)
    assert town.program.heard[1].is_signed_with(fresh)


def test_one_that_is_switched_off_in_the_middle_of_a_round_is_told_nothing_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sending._send

    def then_off(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        with town.database.transaction() as db:
            webhook = find_webhook(db, town.company_id, town.webhook_id, locked=True)
            change_webhook(db, town.settings, webhook, Changes(enabled=False), by=SERVER, now=town.clock())

    monkeypatch.setattr(sending, "_send", then_off)
    town.happens(3)
    town.deliver()
    assert len(town.program.heard) == 1


def test_a_crash_between_the_call_and_its_note_tells_it_twice_under_one_id(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "_note", dies)
    town.happens()
    with pytest.raises(KeyboardInterrupt):
        town.deliver()
    monkeypatch.undo()
    assert "delivered: 1" in town.deliver()
    assert len(town.program.heard) == 2
    assert len({heard.headers["webhook-id"] for heard in town.program.heard}) == 1


def test_what_ended_long_ago_is_dropped(town: Town) -> None:
    town.happens(2)
    town.deliver()
    town.clock.advance(days=29)
    town.happens(event=WebhookEvent.DOCUMENT_FAILED)
    assert purge_deliveries(database=town.database, clock=town.clock, checkpoint=lambda: None) == ""
    town.clock.advance(days=2)
    said = purge_deliveries(database=town.database, clock=town.clock, checkpoint=lambda: None)
    assert said == "Deliveries to webhooks dropped: 2."
    with town.database.reading() as db:
        assert [row.event for row in db.scalars(select(WebhookDelivery))] == [WebhookEvent.DOCUMENT_FAILED]
