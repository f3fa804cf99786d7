"""``qbwc-server webhook``: which programs are told of what happens in a company, and what they were told."""

from __future__ import annotations

from typing import Any

import click

from qbwc_server.cli.output import json_option, moment, note, plain, print_json, print_table, say
from qbwc_server.cli.runtime import Runtime, pass_runtime
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.outbox.rows import DeliveryState
from qbwc_server.outbox.webhooks import CHOSEN, WebhookEvent
from qbwc_server.reports.webhooks import delivery_record, webhook_record
from qbwc_server.tenancy.companies import find_company
from qbwc_server.webhooks import setting_up

_number = click.IntRange(1, LARGEST_ID)
_webhook = click.argument("webhook_id", type=_number, metavar="WEBHOOK")
_events = click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice([event.value for event in CHOSEN]),
    help="What it is told of; may be repeated. Default: everything.",
)


@click.group()
def webhook() -> None:
    """Programs that are told of what happens: documents, the Web Connector, answered requests."""


@webhook.command(name="list")
@click.argument("company")
@json_option
@pass_runtime
def list_(runtime: Runtime, company: str, as_json: bool) -> None:
    """All webhooks of a company; times are those of the company."""
    with runtime.database.reading() as db:
        found = find_company(db, company)
        records = [webhook_record(db, row) for row in setting_up.webhooks_of(db, found.id)]
        rows = [(row.id, row.disabled_at, row.delivered_at) for row in setting_up.webhooks_of(db, found.id)]
    if as_json:
        print_json({"webhooks": records})
        return
    if not records:
        say(f"Company {found.code} has no webhook.")
        return
    print_table(
        ("Id", "Address", "Told of", "State", "Last taken", "Waiting", "Given up"),
        [
            (
                one["id"],
                plain(one["url"]),
                ", ".join(one["events"]),
                "on" if disabled_at is None else f"off: {plain(one['disabled_why'] or 'by a person')}",
                moment(delivered_at, found.time_zone) or "never",
                one["deliveries"][DeliveryState.WAITING],
                one["deliveries"][DeliveryState.DEAD],
            )
            for one, (_, disabled_at, delivered_at) in zip(records, rows, strict=True)
        ],
        right=("Id", "Waiting", "Given up"),
    )


@webhook.command()
@click.argument("company")
@click.argument("url")
@_events
@json_option
@pass_runtime
def add(runtime: Runtime, company: str, url: str, events: tuple[str, ...], as_json: bool) -> None:
    """Have a program told at URL; its secret is shown this once."""
    chosen = [WebhookEvent(name) for name in events] or CHOSEN
    with runtime.database.transaction() as db:
        found = find_company(db, company)
        row, secret = setting_up.add_webhook(
            db, runtime.settings, found, url, events=chosen, by=runtime.by, now=runtime.now()
        )
        record = webhook_record(db, row)
    _show_secret(record, secret.get_secret_value(), as_json=as_json)


@webhook.command(name="set")
@click.argument("company")
@_webhook
@click.option("--url", help="Another address.")
@_events
@click.option("--on/--off", "enabled", default=None, help="Whether it is told anything.")
@json_option
@pass_runtime
def set_(
    runtime: Runtime,
    company: str,
    webhook_id: int,
    url: str | None,
    events: tuple[str, ...],
    enabled: bool | None,
    as_json: bool,
) -> None:
    """Change a webhook; what is not said stays."""
    changes = setting_up.Changes(url, [WebhookEvent(name) for name in events] or None, enabled)
    with runtime.database.transaction() as db:
        row = setting_up.find_webhook(db, find_company(db, company).id, webhook_id, locked=True)
        setting_up.change_webhook(db, runtime.settings, row, changes, by=runtime.by, now=runtime.now())
        record = webhook_record(db, row)
    _tell(record, f"Webhook {webhook_id} is changed.", as_json=as_json)


@webhook.command()
@click.argument("company")
@_webhook
@json_option
@pass_runtime
def secret(runtime: Runtime, company: str, webhook_id: int, as_json: bool) -> None:
    """Give a webhook another secret; for a day what it is told is signed with the one before, too."""
    with runtime.database.transaction() as db:
        row = setting_up.find_webhook(db, find_company(db, company).id, webhook_id, locked=True)
        made = setting_up.rotate_secret(db, runtime.settings, row, by=runtime.by, now=runtime.now())
        record = webhook_record(db, row)
    _show_secret(record, made.get_secret_value(), as_json=as_json)


@webhook.command()
@click.argument("company")
@_webhook
@json_option
@pass_runtime
def remove(runtime: Runtime, company: str, webhook_id: int, as_json: bool) -> None:
    """Take a webhook away, with its log."""
    with runtime.database.transaction() as db:
        row = setting_up.find_webhook(db, find_company(db, company).id, webhook_id, locked=True)
        setting_up.remove_webhook(db, row, by=runtime.by, now=runtime.now())
    _tell({"id": webhook_id}, f"Webhook {webhook_id} is removed.", as_json=as_json)


@webhook.command()
@click.argument("company")
@_webhook
@json_option
@pass_runtime
def test(runtime: Runtime, company: str, webhook_id: int, as_json: bool) -> None:
    """Have a webhook told that somebody tries it; the scheduler does so within a minute."""
    with runtime.database.transaction() as db:
        row = setting_up.find_webhook(db, find_company(db, company).id, webhook_id, locked=True)
        setting_up.try_webhook(db, row, by=runtime.by, now=runtime.now())
        record = webhook_record(db, row)
    _tell(record, f"It is told within a minute; see: qbwc-server webhook log {company} {webhook_id}", as_json=as_json)


@webhook.command()
@click.argument("company")
@_webhook
@click.option(
    "--state", type=click.Choice([state.value for state in DeliveryState]), help="Only those that stand there."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@json_option
@pass_runtime
def log(runtime: Runtime, company: str, webhook_id: int, state: str | None, limit: int, as_json: bool) -> None:
    """What a webhook was told and is to be told, the newest first."""
    with runtime.database.reading() as db:
        found = find_company(db, company)
        row = setting_up.find_webhook(db, found.id, webhook_id)
        rows = setting_up.deliveries_of(db, row, state=DeliveryState(state) if state else None, limit=limit)
    if as_json:
        print_json({"deliveries": [delivery_record(one) for one in rows]})
    elif not rows:
        say("There is none.")
    else:
        print_table(
            ("Id", "Event", "Happened", "State", "Tried", "Answer", "Trouble"),
            [
                (
                    one.id,
                    one.event,
                    moment(one.created_at, found.time_zone),
                    one.state,
                    one.attempts,
                    one.status,
                    plain(one.trouble or ""),
                )
                for one in rows
            ],
            right=("Id", "Tried", "Answer"),
        )


@webhook.command()
@click.argument("company")
@_webhook
@click.argument("delivery_id", type=_number, metavar="DELIVERY")
@json_option
@pass_runtime
def again(runtime: Runtime, company: str, webhook_id: int, delivery_id: int, as_json: bool) -> None:
    """Have a webhook told something once more, whether or not it took it."""
    with runtime.database.transaction() as db:
        row = setting_up.find_webhook(db, find_company(db, company).id, webhook_id, locked=True)
        record = delivery_record(setting_up.send_again(db, row, delivery_id, now=runtime.now()))
    _tell(record, f"Delivery {delivery_id} is sent again within a minute.", as_json=as_json)


def _show_secret(record: dict[str, Any], made: str, *, as_json: bool) -> None:
    if as_json:
        print_json({**record, "secret": made})
        return
    say(made)
    note(f"This is the secret of webhook {record['id']}. It is shown only now.")


def _tell(record: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(record)
    else:
        say(sentence)
