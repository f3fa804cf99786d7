"""``/companies/CODE/webhooks``: which programs are told of what, what they were told, and what is sent once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from qbwc_server.api.access import Access
from qbwc_server.api.answers.webhooks import (
    DeliveriesAnswer,
    DeliveryAnswer,
    NewWebhookAnswer,
    WebhookAnswer,
    WebhookRemovedAnswer,
    WebhooksAnswer,
)
from qbwc_server.api.errors import ACCEPTED, CREATED
from qbwc_server.api.routes import LIMIT, MOST_PER_PAGE, Body, Route, one_of, whole_number
from qbwc_server.api.schemas import number_asked
from qbwc_server.channels.addresses import AddressRefused
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.outbox.rows import DeliveryState
from qbwc_server.outbox.webhooks import CHOSEN, EVENTS
from qbwc_server.reports.webhooks import delivery_record, webhook_record
from qbwc_server.tenancy.permissions import Permission
from qbwc_server.tenancy.sealing_keys import SealingTrouble
from qbwc_server.webhooks.setting_up import (
    Changes,
    NotToBeSentAgain,
    TooManyWebhooks,
    WebhookOff,
    add_webhook,
    change_webhook,
    deliveries_of,
    find_webhook,
    read_events,
    remove_webhook,
    rotate_secret,
    send_again,
    try_webhook,
    webhooks_of,
)

_ALL = "/companies/<code>/webhooks"
_ONE = f"{_ALL}/<int(max={LARGEST_ID}):webhook_id>"
_TOLD = f"{_ONE}/deliveries"
_WORDS = {
    "url": "Where it is told: https, on the public Internet.",
    "events": "Divided by blanks; left out: all. "
    + "; ".join(f"{event.value}: {EVENTS[event]}" for event in CHOSEN)
    + ".",
    "enabled": "false: it is told nothing, and what waits is given up.",
}
_MANAGE = Permission.MANAGE_WEBHOOKS
ROUTES = {
    "webhooks": Route(_MANAGE, WebhooksAnswer),
    "add_one_webhook": Route(
        _MANAGE,
        NewWebhookAnswer,
        takes=Body({"url": str, "events": str}, _WORDS, needed=("url",)),
        statuses=(CREATED,),
        once=False,
        refuses=(AddressRefused, Invalid, TooManyWebhooks, SealingTrouble),
    ),
    "webhook": Route(_MANAGE, WebhookAnswer, refuses=(NotFound,)),
    "change_one_webhook": Route(
        _MANAGE,
        WebhookAnswer,
        takes=Body({"url": str, "events": str, "enabled": bool}, _WORDS),
        refuses=(NotFound, AddressRefused, Invalid),
    ),
    "remove_one_webhook": Route(_MANAGE, WebhookRemovedAnswer, refuses=(NotFound,)),
    "rotate_webhook_secret": Route(_MANAGE, NewWebhookAnswer, once=False, refuses=(NotFound, SealingTrouble)),
    "try_one_webhook": Route(_MANAGE, WebhookAnswer, statuses=(ACCEPTED,), refuses=(NotFound, WebhookOff)),
    "webhook_deliveries": Route(
        _MANAGE,
        DeliveriesAnswer,
        parameters={
            "state": one_of("Only those.", *DeliveryState),
            "before": whole_number("Go on behind this: next of the page before.", LARGEST_ID, 0),
            "limit": LIMIT,
        },
        refuses=(Invalid, NotFound),
    ),
    "send_delivery_again": Route(
        _MANAGE, DeliveryAnswer, statuses=(ACCEPTED,), refuses=(NotFound, WebhookOff, NotToBeSentAgain)
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""
    _add_all(blueprint, access)
    _add_one(blueprint, access)
    _add_told(blueprint, access)


def _add_all(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(_ALL)
    def webhooks(code: str) -> Response:
        """All webhooks, in the order in which they were added."""
        with access.looking() as (db, company):
            records = [webhook_record(db, row) for row in webhooks_of(db, company.id)]
        return jsonify(webhooks=records)

    @blueprint.post(_ALL)
    def add_one_webhook(code: str) -> tuple[Response, int]:
        """Have a program told of events, signed as Standard Webhooks has it; the secret is shown this once."""
        said = access.said()
        url = said.get("url")
        if not isinstance(url, str):
            raise Invalid("The field url is missing.")
        events = CHOSEN if said.get("events") is None else read_events(said["events"])
        with access.changing() as (db, company):
            row, secret = add_webhook(db, access.settings, company, url, events=events, by=access.by, now=access.now())
            record = webhook_record(db, row)
        return jsonify({**record, "secret": secret.get_secret_value()}), CREATED


def _add_one(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(_ONE)
    def webhook(code: str, webhook_id: int) -> Response:
        """One webhook, and how many of its deliveries stand where."""
        with access.looking() as (db, company):
            return jsonify(webhook_record(db, find_webhook(db, company.id, webhook_id)))

    @blueprint.patch(_ONE)
    def change_one_webhook(code: str, webhook_id: int) -> Response:
        """Another address, other events, on or off; what is left out stays."""
        changes = _changes(access.said())
        with access.changing() as (db, company):
            row = find_webhook(db, company.id, webhook_id, locked=True)
            change_webhook(db, access.settings, row, changes, by=access.by, now=access.now())
            record = webhook_record(db, row)
        return jsonify(record)

    @blueprint.delete(_ONE)
    def remove_one_webhook(code: str, webhook_id: int) -> Response:
        """It is gone, with its log, and told nothing more."""
        with access.changing() as (db, company):
            row = find_webhook(db, company.id, webhook_id, locked=True)
            remove_webhook(db, row, by=access.by, now=access.now())
        return jsonify(id=webhook_id)

    @blueprint.post(f"{_ONE}/secret")
    def rotate_webhook_secret(code: str, webhook_id: int) -> Response:
        """Another secret, shown this once; for a day what is told bears a signature of the one before, too."""
        with access.changing() as (db, company):
            row = find_webhook(db, company.id, webhook_id, locked=True)
            secret = rotate_secret(db, access.settings, row, by=access.by, now=access.now())
            record = webhook_record(db, row)
        return jsonify({**record, "secret": secret.get_secret_value()})

    @blueprint.post(f"{_ONE}/test")
    def try_one_webhook(code: str, webhook_id: int) -> tuple[Response, int]:
        """Have it told, within a minute, that somebody tries it; its log shows what came of it."""
        with access.changing() as (db, company):
            row = find_webhook(db, company.id, webhook_id, locked=True)
            try_webhook(db, row, by=access.by, now=access.now())
            record = webhook_record(db, row)
        return jsonify(record), ACCEPTED


def _add_told(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(_TOLD)
    def webhook_deliveries(code: str, webhook_id: int) -> Response:
        """What it was told and is to be told, the newest first, a page at a time: go on with before=next."""
        state = _state_asked(request.args)
        before = number_asked(request.args, "before", 0, LARGEST_ID) or None
        limit = number_asked(request.args, "limit", 100, MOST_PER_PAGE) or MOST_PER_PAGE
        with access.looking() as (db, company):
            row = find_webhook(db, company.id, webhook_id)
            rows = deliveries_of(db, row, state=state, before_id=before, limit=limit + 1)
            page = [delivery_record(one) for one in rows[:limit]]
        return jsonify(deliveries=page, next=page[-1]["id"] if len(rows) > limit else None)

    @blueprint.post(f"{_TOLD}/<int(max={LARGEST_ID}):delivery_id>/again")
    def send_delivery_again(code: str, webhook_id: int, delivery_id: int) -> tuple[Response, int]:
        """Have it told once more, under the same webhook-id, whether or not it was delivered."""
        with access.changing() as (db, company):
            row = find_webhook(db, company.id, webhook_id, locked=True)
            record = delivery_record(send_again(db, row, delivery_id, now=access.now()))
        return jsonify(record), ACCEPTED


def _changes(said: Mapping[str, Any]) -> Changes:
    events = said.get("events")
    return Changes(
        url=said.get("url"), events=None if events is None else read_events(events), enabled=said.get("enabled")
    )


def _state_asked(arguments: Mapping[str, str]) -> DeliveryState | None:
    name = arguments.get("state") or None
    try:
        return None if name is None else DeliveryState(name)
    except ValueError:
        raise Invalid(f"The parameter state must be among {', '.join(DeliveryState)}.") from None
