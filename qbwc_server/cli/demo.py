"""``qbwc-server demo``: from nothing to posted invoices in one command, with a simulated QuickBooks."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from qbwc_server import clock
from qbwc_server.books.mirror.refreshing import refresh_lists
from qbwc_server.channels.files.importing import ImportChoices, import_file
from qbwc_server.channels.report import ImportReport
from qbwc_server.cli.demo_billing import bill, billed, distributor_of
from qbwc_server.cli.demo_feed import feed_of
from qbwc_server.cli.demo_folder import COMPANY, ZONE, DemoFolder
from qbwc_server.cli.demo_outcome import look, print_outcome, shop_company
from qbwc_server.cli.documents import read_options
from qbwc_server.cli.import_page import show_import
from qbwc_server.cli.output import Exit, json_option, note, paragraph, print_json, progress, say
from qbwc_server.cli.server_process import ServerEnded, ServerProcess, free_port, own_port, server
from qbwc_server.cli.simulate import describe, one_update, open_books
from qbwc_server.connector import logins
from qbwc_server.connector.qwc import qwc_file
from qbwc_server.db import Database, schema
from qbwc_server.errors import NotFound
from qbwc_server.settings import Settings
from qbwc_server.simulator import UpdateReport, WebConnector
from qbwc_server.simulator.company_file import CompanyFile
from qbwc_server.tenancy import companies
from qbwc_server.tenancy.actor import Actor, ActorKind
from qbwc_server.tenancy.credentials import new_password
from qbwc_server.tenancy.members import add_member
from qbwc_server.tenancy.partners import partner_of
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.sign_in_links import make_sign_in_link, sign_in_link
from qbwc_server.tenancy.users import add_user, find_user, set_password

OWNER = "owner@demo.example"
_START_S = 30.0  # for a server to start on a slow machine
_BUSY_S = 30.0  # for an update session that was broken off to be given up
_BY = Actor(ActorKind.COMMAND_LINE, "demo")
_BUSY = "Application Busy"  # what the simulated Web Connector shows


@click.command()
@click.option("--exit", "leave", is_flag=True, help="End after the summary; status 0 only if all came as expected.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the server; default: 8000, or a free one.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where everything of the demo lies; a demo that is there is continued.",
)
@click.option("--fresh", is_flag=True, help="Forget the demo that is there and begin again.")
@json_option
@click.pass_context
def demo(ctx: click.Context, leave: bool, port: int | None, folder: Path, fresh: bool, as_json: bool) -> None:
    """See it work: import documents, bill subscriptions, run the server, and let a simulated QuickBooks take them.

    The simulated Web Connector talks to the real server over HTTP. Afterwards the server goes on until Ctrl-C.
    """
    tell = note if as_json else say
    place = DemoFolder(folder)
    continued = place.exists()
    chosen = own_port(port) if port else free_port(preferred=place.last_port() if continued else 8000)
    if continued and fresh:
        place.clear()
        continued = False
    settings = place.write(chosen)
    tell(f"{'Continuing' if continued else 'Making'} the demo in the folder {place.path}")
    schema.upgrade(settings.database)
    with opened(settings) as database, stopped_in_good_order():
        password = prepare(database, settings, place)
        tell(f"Company {COMPANY}: {place.qwc}, login {COMPANY}, password {password}")
        imported = bring_in(database, place, tell=None if as_json else say)
        with (
            distributor_of(database, settings, by=_BY) as distributor,
            feed_of(database, settings, by=_BY) as feed,
            server(place.settings_file, chosen, place.log) as child,
        ):
            child.await_ready(seconds=_START_S)
            tell(f"The server runs at {settings.base_url}")
            quickbooks = open_books(place.company_file, shop_company)
            connector = connector_of(place, password, quickbooks)
            updates = [first_update(connector)]
            feed.run()
            day = bill(database, settings, distributor, by=_BY)
            updates += [update(connector), update(connector)]
            for number, done in enumerate(updates, 1):
                (note if as_json else paragraph)(f"Update {number}: {describe(done)}")
            outcome = look(database, quickbooks, imported, updates, billed(database, day), feed.told())
            if as_json:
                print_json({"folder": str(place.path), "address": settings.base_url, **outcome.as_record()})
            else:
                say()
                print_outcome(outcome, place)
            if not leave:
                own, link = let_in(database)
                tell(f"Look at it: {sign_in_link(settings.base_url, link)} (signs you in once, within an hour)")
                tell(f"Or sign in: {settings.base_url}/portal/, as {OWNER}, password {own}")
                tell(f"What was billed: {settings.base_url}/portal/companies/{COMPANY}/billing?day={day}")
                serve_on(child, place, lambda: tell(f"The server goes on at {settings.base_url}. Ctrl-C ends it."))
    if not outcome.as_expected:
        ctx.exit(Exit.NEEDS_A_PERSON)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The demo's database."""
    database = Database(settings.database)
    try:
        yield database
    finally:
        database.engine.dispose()


@contextmanager
def stopped_in_good_order() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the demo by its ``finally`` clauses: no server is left behind."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), end) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def prepare(database: Database, settings: Settings, place: DemoFolder) -> str:
    """The demo company and its .qwc file. Returns a password for the Web Connector; one given out before ends."""
    with database.transaction() as db:
        try:
            company = companies.find_company(db, COMPANY)
            login = logins.login_of(db, company.id)
            password = logins.renew_password(db, login, clock.now(), by=_BY)
        except NotFound:
            company = companies.add_company(
                db, code=COMPANY, name="Riverside Trading", time_zone=ZONE, now=clock.now(), by=_BY
            )
            login, password = logins.add_login(db, company, by=_BY)
            refresh_lists(db, company.id, now=clock.now())  # what is billed has to stand in them
        place.qwc.write_bytes(qwc_file(company, login, settings))
    return password


def let_in(database: Database) -> tuple[str, str]:
    """The owner of the demo company: a new password, which ends the one before, and the secret of a link."""
    password = new_password()
    with database.transaction() as db:
        try:
            user = find_user(db, OWNER)
        except NotFound:
            user = add_user(db, email=OWNER, name="Demo Owner", by=_BY, now=clock.now())
            company = companies.find_company(db, COMPANY)
            for where in (company, partner_of(db, company)):
                add_member(db, user, where, Role.OWNER, by=_BY, now=clock.now())
        set_password(db, user, password, by=_BY, now=clock.now())
        return password, make_sign_in_link(db, user, by=_BY, now=clock.now())


def bring_in(database: Database, place: DemoFolder, *, tell: Callable[[str], None] | None) -> list[ImportReport]:
    """Import the bundled files."""
    reports = []
    for file, options in place.imports():
        with progress(f"Importing {file.name}") as advance:
            report = import_file(
                database,
                COMPANY,
                file,
                ImportChoices(options=read_options([str(options)]) if options else None),
                by=_BY,
                on_progress=lambda state: advance(state.bytes_read, state.bytes_total),
            )
        reports.append(report)
        if tell is not None:
            show_import(report, ZONE)
    return reports


def connector_of(place: DemoFolder, password: str, quickbooks: CompanyFile) -> WebConnector:
    """The simulated Web Connector, which calls the server over HTTP."""
    return WebConnector.from_qwc(place.qwc.read_bytes(), password, quickbooks)


def update(connector: WebConnector) -> UpdateReport:
    """One update session."""
    with progress("Update session") as advance:
        connector.application.on_progress = lambda percent, _: advance(percent, 100)
        return one_update(connector)


def first_update(connector: WebConnector) -> UpdateReport:
    """The session that brings the documents and reads the lists; that of a demo that was broken off ends before it."""
    first = update(connector)
    deadline = time.monotonic() + _BUSY_S
    while first.status_line == _BUSY and time.monotonic() < deadline:
        time.sleep(0.5)
        first = update(connector)
    return first


def serve_on(child: ServerProcess, place: DemoFolder, announce: Callable[[], None]) -> None:
    """Return at Ctrl-C. Raises ServerEnded where the server ends by itself."""
    try:
        announce()
        status = child.wait()
    except KeyboardInterrupt:
        note("Stopped. The same command continues later.")
        return
    raise ServerEnded(f"The server ended with status {status}.", detail=f"Its last words are in {place.log}.")
