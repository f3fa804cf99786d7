"""``/companies/CODE/connections/ID/start``: what is settled before a source runs, a dry run, the start, a reset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy.orm import Session

from qbwc_server.api.access import Access
from qbwc_server.api.answers.starting import StartAnswer, WouldBringAnswer
from qbwc_server.api.routes import Body, Route
from qbwc_server.channels.connections.finding import find_connection
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.setting_up import Settled
from qbwc_server.channels.connections.states import ConnectionNotNow
from qbwc_server.channels.starting.begin import KeptAsItWas, NotReady, Started, read_balances, reset, start
from qbwc_server.channels.starting.choosing import choose_accounts, take_suggested
from qbwc_server.channels.starting.dry_run import dry_run
from qbwc_server.channels.starting.looking import NoStart, look_upstream, start_of
from qbwc_server.channels.starting.tax import TaxItemThere, add_tax_item
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.reports.starting import dry_run_record, start_record
from qbwc_server.tenancy.models import Company
from qbwc_server.tenancy.permissions import Permission

_START = f"/companies/<code>/connections/<int(max={LARGEST_ID}):connection_id>/start"
ROUTES = {
    "start_steps": Route(Permission.SEE_COMPANY, StartAnswer, refuses=(NotFound, NoStart)),
    "start_look": Route(Permission.CONNECT, StartAnswer, takes=Body(), refuses=(NotFound, NoStart), once=False),
    "start_accounts": Route(
        Permission.CONNECT,
        StartAnswer,
        takes=Body(
            {"accounts": dict, "suggested": bool},
            {"accounts": "By place, the account; null takes one back.", "suggested": "Take what leaves no doubt."},
        ),
        refuses=(NotFound, NoStart, Invalid, Settled),
    ),
    "start_tax_item": Route(
        Permission.CONNECT,
        StartAnswer,
        takes=Body(
            {"name": str, "vendor": str},
            {"name": "Of the sales tax item of 0 %.", "vendor": "To whom sales tax is paid."},
            needed=("name", "vendor"),
        ),
        refuses=(NotFound, NoStart, Invalid, TaxItemThere),
    ),
    "start_dry_run": Route(Permission.CONNECT, WouldBringAnswer, takes=Body(), refuses=(NotFound, NoStart), once=False),
    "start_now": Route(
        Permission.CONNECT,
        StartAnswer,
        takes=Body({"balances": dict}, {"balances": "By code, what it came to before the first day."}),
        refuses=(NotFound, NoStart, Invalid, Started, NotReady, KeptAsItWas),
    ),
    "start_reset": Route(
        Permission.CONNECT,
        StartAnswer,
        takes=Body({"confirm": str}, {"confirm": "The account of the connection."}, needed=("confirm",)),
        refuses=(NotFound, NoStart, Invalid, NotReady, ConnectionNotNow),
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""

    def changed(connection_id: int, act: Callable[[Session, Company, Connection], object]) -> Response:
        with access.changing() as (db, company):
            row = find_connection(db, company.id, connection_id, locked=True)
            act(db, company, row)
            record = start_record(db, row)
        return jsonify(record)

    _add_asking(blueprint, access)

    @blueprint.post(f"{_START}/accounts")
    def start_accounts(code: str, connection_id: int) -> Response:
        """Choose the accounts of categories, or take those that the company file suggests."""
        said = access.said()
        more: dict[str, Any] = {"settings": access.settings, "by": access.by, "now": access.now()}

        def act(db: Session, company: Company, row: Connection) -> None:
            start_of(row)
            if said.get("suggested"):
                take_suggested(db, row, **more)
            choose_accounts(db, row, _names(said.get("accounts", {})), **more)

        return changed(connection_id, act)

    @blueprint.post(f"{_START}/tax-item")
    def start_tax_item(code: str, connection_id: int) -> Response:
        """Have QuickBooks add a sales tax item of 0 % with the next update."""
        said = access.said()

        def act(db: Session, company: Company, row: Connection) -> None:
            start_of(row)
            add_tax_item(db, company, said.get("name", ""), said.get("vendor", ""), by=access.by, now=access.now())

        return changed(connection_id, act)

    @blueprint.post(_START)
    def start_now(code: str, connection_id: int) -> Response:
        """Start it: once, when nothing stands against it."""
        said = access.said()

        def act(db: Session, company: Company, row: Connection) -> None:
            balances = read_balances(start_of(row), said.get("balances", {}))
            start(db, company, row, balances, by=access.by, now=access.now())

        return changed(connection_id, act)

    @blueprint.post(f"{_START}/reset")
    def start_reset(code: str, connection_id: int) -> Response:
        """Open the start again; {"confirm": ACCOUNT}. What it brought stays, and comes no second time."""
        typed = access.said().get("confirm", "")
        return changed(connection_id, lambda db, company, row: reset(db, row, typed, by=access.by, now=access.now()))


def _add_asking(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(_START)
    def start_steps(code: str, connection_id: int) -> Response:
        """How each step before the start stands."""
        with access.looking() as (db, company):
            record = start_record(db, find_connection(db, company.id, connection_id))
        return jsonify(record)

    @blueprint.post(f"{_START}/look")
    def start_look(code: str, connection_id: int) -> Response:
        """Ask upstream what the key may see, how many entries are to come, and what it holds."""
        access.said()
        with access.looking() as (db, company):
            company_id = company.id
        look_upstream(access.database, company_id, connection_id, settings=access.settings, clock=access.now)
        with access.looking() as (db, company):
            record = start_record(db, find_connection(db, company.id, connection_id))
        return jsonify(record)

    @blueprint.post(f"{_START}/dry-run")
    def start_dry_run(code: str, connection_id: int) -> Response:
        """The documents of the last two days as they would be; nothing is kept."""
        access.said()
        with access.looking() as (_, company):
            company_id = company.id
        found = dry_run(access.database, company_id, connection_id, settings=access.settings, clock=access.now)
        return jsonify(dry_run_record(found))


def _names(said: dict[str, Any]) -> dict[str, str | None]:
    for place, name in said.items():
        if name is not None and not isinstance(name, str):
            raise Invalid(f"The account of {place[:60]} must be a text, or null.")
    return said
