"""Webhooks: which programs are told of what, what they were told, and what is sent once more."""

from __future__ import annotations

from typing import Any

from flask import Response

from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.outbox.webhooks import CHOSEN, LONGEST_URL, WebhookEvent
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit
from qbwc_server.reports.webhooks import delivery_record, webhook_record
from qbwc_server.webhooks.setting_up import (
    Changes,
    add_webhook,
    change_webhook,
    deliveries_of,
    find_webhook,
    remove_webhook,
    rotate_secret,
    send_again,
    try_webhook,
    webhooks_of,
)

_PAGE = 50
SWITCHES = {"on": True, "off": False}
_REFUSED = (Conflict, Invalid, NotFound)


def index(visit: Visit, problem: QbwcError | None = None, secret: str | None = None) -> Response:
    """All of them, and the form for another one; a secret that was made just now is shown this once."""
    with visit.looking() as (db, standing):
        records = [webhook_record(db, row) for row in webhooks_of(db, standing.company.id)]
    typed = {"url": text_field(visit.request, "url", LONGEST_URL), "events": _chosen(visit)} if problem else {}
    return show(visit, "webhooks.html", _status(problem), problem=problem, secret=secret, webhooks=records,
                events=CHOSEN, longest=LONGEST_URL, typed=typed)  # fmt: skip


def send_webhook(visit: Visit) -> Response:
    """Another program."""
    url = text_field(visit.request, "url", LONGEST_URL + 1)
    try:
        with visit.changing() as (db, standing):
            _, secret = add_webhook(
                db, visit.settings, standing.company, url, events=_chosen(visit), by=visit.by, now=visit.now
            )
    except _REFUSED as problem:
        return index(visit, problem)
    return index(visit, secret=secret.get_secret_value())


def webhook(visit: Visit, webhook_id: int, problem: QbwcError | None = None, secret: str | None = None) -> Response:
    """One of them, what it is told of, and what it was told."""
    with visit.looking() as (db, standing):
        row = find_webhook(db, standing.company.id, webhook_id)
        page: dict[str, Any] = {
            "one": webhook_record(db, row),
            "deliveries": [delivery_record(one) for one in deliveries_of(db, row, limit=_PAGE)],
            "events": CHOSEN,
            "longest": LONGEST_URL,
        }
    return show(visit, "webhook.html", _status(problem), problem=problem, secret=secret, **page)


def change(visit: Visit, webhook_id: int) -> Response:
    """Another address, other events."""
    said = Changes(url=text_field(visit.request, "url", LONGEST_URL + 1), events=_chosen(visit))
    return _changed(visit, webhook_id, said)


def switch(visit: Visit, webhook_id: int, to: str) -> Response:
    """On or off."""
    return _changed(visit, webhook_id, Changes(enabled=SWITCHES[to]))


def new_secret(visit: Visit, webhook_id: int) -> Response:
    """Another secret, shown this once."""
    with visit.changing() as (db, standing):
        row = find_webhook(db, standing.company.id, webhook_id, locked=True)
        secret = rotate_secret(db, visit.settings, row, by=visit.by, now=visit.now)
    return webhook(visit, webhook_id, secret=secret.get_secret_value())


def test(visit: Visit, webhook_id: int) -> Response:
    """Have it told that it is tried."""
    try:
        with visit.changing() as (db, standing):
            row = find_webhook(db, standing.company.id, webhook_id, locked=True)
            try_webhook(db, row, by=visit.by, now=visit.now)
    except Conflict as problem:
        return webhook(visit, webhook_id, problem)
    return go_to("portal.webhook", code=visit.code, webhook_id=webhook_id)


def again(visit: Visit, webhook_id: int, delivery_id: int) -> Response:
    """Have it told once more."""
    try:
        with visit.changing() as (db, standing):
            row = find_webhook(db, standing.company.id, webhook_id, locked=True)
            send_again(db, row, delivery_id, now=visit.now)
    except Conflict as problem:
        return webhook(visit, webhook_id, problem)
    return go_to("portal.webhook", code=visit.code, webhook_id=webhook_id)


def remove(visit: Visit, webhook_id: int) -> Response:
    """It is gone."""
    with visit.changing() as (db, standing):
        row = find_webhook(db, standing.company.id, webhook_id, locked=True)
        remove_webhook(db, row, by=visit.by, now=visit.now)
    return go_to("portal.webhooks", code=visit.code)


def _changed(visit: Visit, webhook_id: int, changes: Changes) -> Response:
    try:
        with visit.changing() as (db, standing):
            row = find_webhook(db, standing.company.id, webhook_id, locked=True)
            change_webhook(db, visit.settings, row, changes, by=visit.by, now=visit.now)
    except (Conflict, Invalid) as problem:
        return webhook(visit, webhook_id, problem)
    return go_to("portal.webhook", code=visit.code, webhook_id=webhook_id)


def _chosen(visit: Visit) -> list[WebhookEvent]:
    said = visit.request.form.getlist("event")
    return [event for event in CHOSEN if event.value in said]


def _status(problem: QbwcError | None) -> int:
    return 200 if problem is None else 409 if isinstance(problem, Conflict) else 422
