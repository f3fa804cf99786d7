"""The start of a source in a browser: each step with what it asks, a dry run, the start, and a reset that is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from qbwc_server.channels.connections.finding import channel_of, effective_options, find_connection
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.setting_up import Choices, change_connection
from qbwc_server.channels.options import Option, declared
from qbwc_server.channels.start import Start
from qbwc_server.channels.starting.accounts import Accounts
from qbwc_server.channels.starting.begin import read_balances, reset, start
from qbwc_server.channels.starting.choosing import categories_of, choose_accounts, take_suggested
from qbwc_server.channels.starting.dry_run import dry_run
from qbwc_server.channels.starting.looking import look_upstream, start_of
from qbwc_server.channels.starting.steps import StartStep
from qbwc_server.channels.starting.tax import add_tax_item
from qbwc_server.errors import Conflict, Invalid, NotFound, QbwcError
from qbwc_server.portal.forms import text_field
from qbwc_server.portal.option_form import fields_of, read_fields
from qbwc_server.portal.showing import go_to, show
from qbwc_server.portal.visit import Visit, kinds_seen
from qbwc_server.reports.starting import dry_run_record, start_record
from qbwc_server.tenancy.models import Company

_Act = Callable[[Session, Company, Connection], object]
_ACCOUNT, _BALANCE = "account-", "balance-"  # how fields of the form begin


def start_page(visit: Visit, connection_id: int, problem: QbwcError | None = None, **shown: Any) -> Response:
    """Every step, in its order."""
    with visit.looking() as (db, standing):
        row = find_connection(db, standing.company.id, connection_id)
        record = start_record(db, row)
        options = effective_options(row)
        accounts = Accounts(db, row.company_id)
        fitting = {place: accounts.fitting(one) for place, one in categories_of(row).items()}
        fields = {
            step.value: fields_of(_of_step(row, step), options, visit.request.form)
            for step in (StartStep.TAX, StartStep.NAMES, StartStep.BEGIN)
        }
        title = row.title
    return show(
        visit,
        "start_source.html",
        200 if problem is None else 409,
        problem=problem,
        one=record,
        title=title,
        fields=fields,
        fitting=fitting,
        typed=visit.request.form,
        dry=shown.get("dry"),
    )


def look(visit: Visit, connection_id: int) -> Response:
    """Ask upstream."""
    company_id = _company_id(visit, connection_id)
    look_upstream(visit.database, company_id, connection_id, settings=visit.settings, clock=lambda: visit.now)
    return go_to("portal.start_page", code=visit.code, connection_id=connection_id)


def try_drafts(visit: Visit, connection_id: int) -> Response:
    """The documents of the last two days as they would be."""
    company_id = _company_id(visit, connection_id)
    found = dry_run(visit.database, company_id, connection_id, settings=visit.settings, clock=lambda: visit.now)
    with visit.looking() as (_, standing):
        seen = kinds_seen(standing)
    return start_page(visit, connection_id, dry=dry_run_record(found, kinds=seen))


def send_options(visit: Visit, connection_id: int, step: str) -> Response:
    """The options of one step."""

    def act(db: Session, company: Company, row: Connection) -> None:
        values = read_fields(_of_step(row, StartStep(step)), visit.request.form, changing=True)
        change_connection(db, row, values, Choices(), settings=visit.settings, by=visit.by, now=visit.now)

    return _changed(visit, connection_id, act)


def send_accounts(visit: Visit, connection_id: int) -> Response:
    """The accounts that were chosen; or those that leave no doubt."""
    more: dict[str, Any] = {"settings": visit.settings, "by": visit.by, "now": visit.now}

    def act(db: Session, company: Company, row: Connection) -> None:
        known, chosen = categories_of(row), effective_options(row)
        said = {
            place: text_field(visit.request, f"{_ACCOUNT}{place}") or None
            for place in known
            if f"{_ACCOUNT}{place}" in visit.request.form
        }
        new = {place: name for place, name in said.items() if name != known[place].chosen(chosen)}
        choose_accounts(db, row, new, **more)
        if text_field(visit.request, "suggested"):
            take_suggested(db, row, **more)

    return _changed(visit, connection_id, act)


def send_tax_item(visit: Visit, connection_id: int) -> Response:
    """Have a sales tax item of 0 % added."""
    name, vendor = text_field(visit.request, "name", 60), text_field(visit.request, "vendor", 60)

    def act(db: Session, company: Company, row: Connection) -> None:
        start_of(row)
        add_tax_item(db, company, name, vendor, by=visit.by, now=visit.now)

    return _changed(visit, connection_id, act)


def begin(visit: Visit, connection_id: int) -> Response:
    """Start it."""
    form = visit.request.form

    def act(db: Session, company: Company, row: Connection) -> None:
        declared_start = start_of(row)
        said = {one.code: form.get(f"{_BALANCE}{one.code}", "")[:30] for one in declared_start.openings}
        start(db, company, row, read_balances(declared_start, said), by=visit.by, now=visit.now)

    return _changed(visit, connection_id, act)


def open_again(visit: Visit, connection_id: int) -> Response:
    """Reset it."""
    typed = text_field(visit.request, "confirm")
    return _changed(visit, connection_id, lambda db, company, row: reset(db, row, typed, by=visit.by, now=visit.now))


def _changed(visit: Visit, connection_id: int, act: _Act) -> Response:
    try:
        with visit.changing() as (db, standing):
            act(db, standing.company, find_connection(db, standing.company.id, connection_id, locked=True))
    except (Conflict, Invalid) as problem:
        return start_page(visit, connection_id, problem)
    return go_to("portal.start_page", code=visit.code, connection_id=connection_id)


def _company_id(visit: Visit, connection_id: int) -> int:
    with visit.looking() as (db, standing):
        start_of(find_connection(db, standing.company.id, connection_id))
        return standing.company.id


def _of_step(row: Connection, step: StartStep) -> tuple[Option, ...]:
    """The options that a step asks for, in the order in which the channel declares them."""
    wanted = set(_asked_in(start_of(row), step))
    return tuple(one for one in declared(channel_of(row).options) if one.name in wanted)


def _asked_in(found: Start, step: StartStep) -> tuple[str, ...]:
    if step is StartStep.TAX:
        return found.tax_code, found.tax_item
    if step is StartStep.NAMES:
        return (*found.kept, *(one.option for one in found.names))
    if step is StartStep.BEGIN:
        return (found.begins, *found.asked)
    raise NotFound("There is no such page.")
