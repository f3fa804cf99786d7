"""Each alarm is told once, outside of quiet hours, to whom it concerns, and once when it is well again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from qbwc_server.alarms.models import Alarm
from qbwc_server.alarms.summary import send_summary
from qbwc_server.alarms.watching import purge_alarms, watch_companies
from qbwc_server.books.holds import HoldKind, lift, pause, put_on_hold
from qbwc_server.channels.connections.models import Connection
from qbwc_server.channels.connections.states import ConnectionState
from qbwc_server.db import Database
from qbwc_server.documents.lifecycle import State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.open_work import Finding, WorkKind, note_work, settle_work
from qbwc_server.outbox.mail import OutgoingMail, deliver_mail
from qbwc_server.posting.options import change_options
from qbwc_server.settings import Settings
from qbwc_server.tenancy.actor import SERVER
from qbwc_server.tenancy.companies import find_company
from qbwc_server.tenancy.mail_choices import ByMail, choose_mail
from qbwc_server.tenancy.members import add_member
from qbwc_server.tenancy.partners import partner_of
from qbwc_server.tenancy.permissions import Role
from qbwc_server.tenancy.users import add_user, disable, find_user
from tests.conftest import TurnableClock
from tests.qbwc_server.outbox.conftest import mail_server, with_mail
from tests.qbwc_server.outbox.mail_server import MailServer
from tests.qbwc_server.reports.test_verdicts import Office
from tests.qbwc_server.tenants import tenant

__all__ = ["mail_server", "with_mail"]
MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)  # ten o'clock in New York


class Watched(Office):
    """The company kern, watched, with people who see to it."""

    def __init__(self, database: Database, settings: Settings, clock: TurnableClock) -> None:
        clock.moment = MONDAY
        super().__init__(database, clock)
        self.settings = settings

    def person(
        self, name: str, role: Role, *, of_partner: bool = False, limits: dict[str, list[str]] | None = None
    ) -> str:
        email = f"{name}@example.com"
        with self.database.transaction() as db:
            company = find_company(db, "kern")
            user = add_user(db, email=email, name=name.title(), by=SERVER, now=self.clock())
            where = partner_of(db, company) if of_partner else company
            add_member(db, user, where, role, by=SERVER, now=self.clock(), limits=limits)
        return email

    def watch(self, **after: float) -> list[tuple[str, str]]:
        """Look, some time later; to whom what was written because of it."""
        self.clock.advance(**after)
        before = self.letters()
        watch_companies(database=self.database, settings=self.settings, clock=self.clock, checkpoint=lambda: None)
        return self.letters()[len(before) :]

    def letters(self) -> list[tuple[str, str]]:
        with self.database.reading() as db:
            rows = db.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
            return [(row.address.partition("@")[0], row.subject.removeprefix("Kern Lighting: ")) for row in rows]

    def alarms(self) -> int:
        with self.database.reading() as db:
            return db.execute(select(func.count()).select_from(Alarm)).scalar_one()

    def hold(self) -> None:
        with self.database.transaction() as db:
            put_on_hold(db, self.id, HoldKind.OTHER_FILE, "Another file is open.", by=SERVER, now=self.clock())

    def lift(self) -> None:
        with self.database.transaction() as db:
            lift(db, self.id, HoldKind.OTHER_FILE, by=SERVER, now=self.clock())

    def summary(self) -> str:
        return send_summary(
            database=self.database, settings=self.settings, clock=self.clock, due_at=self.clock(), subject_id=self.id
        )


@pytest.fixture
def office(database: Database, with_mail: Settings, clock: TurnableClock) -> Watched:
    made = Watched(database, with_mail, clock)
    made.person("ann", Role.BOOKKEEPER)
    return made


def test_silence_is_told_once_and_its_end_once(office: Watched) -> None:
    office.session()
    office.hand_in(submit=True)
    assert office.watch(minutes=89) == []  # three intervals of half an hour
    assert office.watch(minutes=2) == [("ann", "the Web Connector is silent")]
    assert office.watch(minutes=5) == []
    office.session()
    assert office.watch(minutes=5) == [("ann", "the Web Connector calls again")]
    assert office.watch(minutes=5) == []


def test_silence_at_night_is_told_half_an_hour_after_it_has_ended(office: Watched) -> None:
    office.session()
    office.clock.advance(hours=9)  # seven in the evening
    office.session()
    office.hand_in(submit=True)
    told = {}
    for _ in range(13 * 12):  # until eight in the morning
        if letters := office.watch(minutes=5):
            told[f"{office.clock() - timedelta(hours=5):%H:%M}"] = letters
    assert told == {"07:30": [("ann", "the Web Connector is silent")]}


def test_a_pc_that_was_off_at_night_and_calls_in_the_morning_alarms_nobody(office: Watched) -> None:
    office.clock.advance(hours=9)
    office.session()
    office.hand_in(submit=True)
    for _ in range(12 * 12 + 3):  # until a quarter past seven
        assert office.watch(minutes=5) == []
    office.session()
    office.clock.advance(minutes=20)
    assert office.watch() == []


def test_what_ends_at_night_is_told_in_the_morning_and_nothing_that_came_and_went(office: Watched) -> None:
    office.session()
    office.hold()
    assert office.watch() == [("ann", "nothing is written to QuickBooks")]
    office.clock.advance(hours=13)
    office.lift()
    assert office.watch() == []
    office.hold()  # again before anybody was told
    assert office.watch(minutes=5) == []
    office.lift()
    assert office.watch(minutes=5) == []
    assert office.watch(hours=9) == [("ann", "QuickBooks is written to again")]
    assert office.alarms() == 1
    office.hold()
    assert office.watch(minutes=5) == [("ann", "nothing is written to QuickBooks")]


def test_a_company_that_was_paused_is_left_in_peace(office: Watched) -> None:
    office.session()
    with office.database.transaction() as db:
        pause(db, office.id, by=SERVER, now=office.clock())
    office.hand_in(submit=True)
    assert office.watch(hours=50) == []


def test_failures_are_told_after_ten_minutes_and_updates_that_fail_after_an_hour(office: Watched) -> None:
    number = office.hand_in(submit=False)
    office.session(error="QuickBooks is closed.")
    with office.database.transaction() as db:
        db.execute(update(DocumentRow).where(DocumentRow.id == number).values(state=State.FAILED))
    assert office.watch() == []
    assert office.watch(minutes=10) == [("ann", "something failed and waits for you")]
    assert office.watch(minutes=50) == [("ann", "updates fail")]
    with office.database.transaction() as db:
        db.execute(update(DocumentRow).where(DocumentRow.id == number).values(state=State.POSTED))
    office.session()
    assert sorted(office.watch(minutes=5)) == [
        ("ann", "nothing that failed waits any more"),
        ("ann", "updates work again"),
    ]


def test_a_billing_day_that_needs_somebody_is_told_by_itself_and_not_as_a_failure(office: Watched) -> None:
    """From the day before on (issue of billing: status tells green, or what must be mended)."""
    finding = Finding(WorkKind.BILLING_NEEDS_YOU, "billing", "Billing of 2026-04-01: 1 charge is of nobody.", "Map.")
    with office.database.transaction() as db:
        note_work(db, office.id, [finding], now=office.clock())
    assert office.watch(minutes=1) == [("ann", "a billing day needs you")]
    assert office.watch(minutes=30) == []
    with office.database.transaction() as db:
        settle_work(db, office.id, WorkKind.BILLING_NEEDS_YOU, ["billing"], now=office.clock())
    assert office.watch(minutes=5) == [("ann", "nothing keeps the billing day any more")]


def test_each_connection_has_an_alarm_of_its_own(office: Watched) -> None:
    office.session()
    now = office.clock()
    with office.database.transaction() as db:
        for account in ("a", "b"):
            db.add(
                Connection(
                    company_id=office.id,
                    channel="feed",
                    account=account,
                    title=f"Shop {account}",
                    options={},
                    state=ConnectionState.NEEDS_SIGN_IN,
                    every_minutes=5,
                    submits=False,
                    message="The key was refused.",
                    created_at=now,
                    changed_at=now,
                )
            )
    assert office.watch() == [("ann", "a connection needs you to sign in")] * 2
    with office.database.transaction() as db:
        db.execute(update(Connection).where(Connection.account == "a").values(state=ConnectionState.RUNNING))
        db.execute(update(Connection).where(Connection.account == "b").values(state=ConnectionState.FAILING))
    assert office.watch(minutes=5) == [("ann", "a connection works again")] * 2
    assert office.watch(hours=1) == [("ann", "a connection fails")]


def test_who_is_told(office: Watched, mail_server: MailServer) -> None:
    office.person("vic", Role.VIEWER)
    office.person("bob", Role.OWNER, of_partner=True)
    for name in ("off", "gone"):
        office.person(name, Role.OWNER)
    with office.database.transaction() as db:
        choose_mail(db, find_user(db, "off@example.com"), {ByMail.ALARMS: False}, by=SERVER, now=office.clock())
        disable(db, find_user(db, "gone@example.com"), by=SERVER, now=office.clock())
        company = find_company(db, "kern")
        add_member(db, find_user(db, "ann@example.com"), partner_of(db, company), Role.VIEWER, by=SERVER, now=MONDAY)
        other = tenant(db, office.clock(), "other")
        eve = add_user(db, email="eve@example.com", name="Eve", by=SERVER, now=office.clock())
        add_member(db, eve, other, Role.OWNER, by=SERVER, now=office.clock())
    office.session()
    office.hold()
    assert [name for name, _ in office.watch()] == ["ann", "bob"]
    deliver_mail(database=office.database, settings=office.settings, clock=office.clock, checkpoint=lambda: None)
    text = mail_server.taken[0].get_body(("plain",))
    assert text is not None
    assert "Another file is open." in text.get_content()
    assert "/portal/companies/kern" in text.get_content()
    assert "user mail ann@example.com --no-alarms" in text.get_content().replace("=\n", "")


def test_how_many_documents_there_are_is_not_told_to_who_may_see_some_kinds_only(office: Watched) -> None:
    office.person("lim", Role.BOOKKEEPER, limits={"invoice": ["view"]})
    office.session()
    number = office.hand_in(submit=False)
    with office.database.transaction() as db:
        db.execute(update(DocumentRow).where(DocumentRow.id == number).values(state=State.FAILED))
    office.watch()
    assert office.watch(minutes=10) == [("ann", "something failed and waits for you")]
    assert office.summary() == "Summaries: 1."
    office.hold()
    assert office.watch(minutes=5) == [(name, "nothing is written to QuickBooks") for name in ("ann", "lim")]


def test_without_a_mail_server_nothing_piles_up(office: Watched, settings: Settings) -> None:
    office.settings = settings
    office.session()
    office.hold()
    assert office.watch() == []
    assert office.alarms() == 1
    assert office.summary() == ""


def test_quiet_hours_are_an_option_of_the_company(office: Watched) -> None:
    office.session()
    office.clock.advance(hours=14)
    office.session()
    office.hold()
    assert office.watch() == []
    with office.database.transaction() as db:
        change_options(db, office.id, {"quiet_hours": "none"}, by=SERVER, now=office.clock())
    assert office.watch() == [("ann", "nothing is written to QuickBooks")]


def test_the_summary_says_what_there_was_and_nothing_where_there_was_nothing(office: Watched) -> None:
    office.session()
    office.clock.moment = datetime(2026, 3, 3, 12, tzinfo=UTC)  # Tuesday, seven in the morning
    assert office.summary() == ""
    number = office.hand_in(submit=False)
    with office.database.transaction() as db:
        posted = {"state": State.POSTED, "posted_at": office.clock(), "written_at": office.clock()}
        db.execute(update(DocumentRow).where(DocumentRow.id == number).values(posted))
    assert office.summary() == ""  # it is of today
    for day, said in ((4, "Summaries: 1."), (5, "")):
        office.clock.moment = datetime(2026, 3, day, 12, tzinfo=UTC)
        office.session()
        assert office.summary() == said
    assert office.letters() == [("ann", "summary of 2026-03-03")]
    with office.database.reading() as db:
        (mail,) = db.scalars(select(OutgoingMail))
    assert "In QuickBooks: invoice  1" in mail.text


def test_monday_tells_of_the_weekend_and_once_however_often_it_runs(office: Watched) -> None:
    office.clock.moment = datetime(2026, 3, 6, 12, tzinfo=UTC)  # Friday
    office.hand_in(submit=False)  # for review
    assert [office.summary() for _ in range(2)] == ["Summaries: 1."] * 2
    for day in (7, 8):
        office.clock.moment = datetime(2026, 3, day, 12, tzinfo=UTC)
        assert office.summary() == ""
    office.clock.moment = datetime(2026, 3, 9, 11, tzinfo=UTC)
    office.summary()
    assert office.letters() == [
        ("ann", "summary of 2026-03-05"),
        ("ann", "summary of 2026-03-06 to 2026-03-08"),
    ]
    with office.database.transaction() as db:
        choose_mail(db, find_user(db, "ann@example.com"), {ByMail.SUMMARIES: False}, by=SERVER, now=MONDAY)
    office.clock.advance(days=1)
    assert office.summary() == ""


def test_old_alarms_are_dropped(office: Watched) -> None:
    office.session()
    office.hold()
    office.watch()
    office.lift()
    office.watch(minutes=5)
    assert office.alarms() == 1
    office.clock.advance(days=401)
    assert purge_alarms(database=office.database, clock=office.clock, checkpoint=lambda: None) == "Alarms dropped: 1."
