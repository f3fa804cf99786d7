"""Keeps alarms: raised once, told once outside of quiet hours, and told once when it is well again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from qbwc_server.alarms.looking import Wrong, look, zone_of
from qbwc_server.alarms.models import RULES, Alarm, AlarmKind
from qbwc_server.alarms.quiet import QuietHours
from qbwc_server.alarms.telling import letters
from qbwc_server.clock import Clock
from qbwc_server.db import Database
from qbwc_server.db.pieces import delete_in_pieces
from qbwc_server.outbox.mail import put_letter
from qbwc_server.outbox.webhooks import Told, WebhookEvent, tell_company
from qbwc_server.posting.options import options_of
from qbwc_server.settings import Settings
from qbwc_server.tenancy.mail_choices import ByMail
from qbwc_server.tenancy.models import Company

_AT_A_TIME = 100  # companies of one transaction
_KEPT = timedelta(days=400)

_Key = tuple[int, str, str]


def watch_companies(
    *, database: Database, settings: Settings, clock: Clock, checkpoint: Callable[[], None], **_: object
) -> str:
    """Look what is wrong, and tell whom it concerns; a job."""
    with database.reading() as db:
        ids = db.scalars(select(Company.id).order_by(Company.id)).all()
    told = 0
    for start in range(0, len(ids), _AT_A_TIME):
        with database.transaction() as db:
            piece = ids[start : start + _AT_A_TIME]
            companies = db.scalars(select(Company).where(Company.id.in_(piece)).order_by(Company.id)).all()
            told += _watch(db, companies, settings, clock())
        checkpoint()
    return f"Alarms told: {told}." if told else ""


def purge_alarms(*, database: Database, clock: Clock, checkpoint: Callable[[], None], **_: object) -> str:
    """Drop alarms that ended long ago; a job."""
    dropped = delete_in_pieces(database, Alarm.id, Alarm.ended_at < clock() - _KEPT, checkpoint=checkpoint)
    return f"Alarms dropped: {dropped}." if dropped else ""


def _watch(db: Session, companies: Sequence[Company], settings: Settings, now: datetime) -> int:
    standing = _standing(db, [company.id for company in companies])
    alarms = _kept(db, standing, look(db, companies, now=now), now)
    by_company: dict[int, list[Alarm]] = {}
    for alarm in alarms:
        by_company.setdefault(alarm.company_id, []).append(alarm)
    return sum(_tell(db, company, by_company.get(company.id, []), settings, now) for company in companies)


def _standing(db: Session, ids: Sequence[int]) -> dict[_Key, Alarm]:
    """What is wrong as far as was known, and what is well again and was not told yet."""
    owed = and_(Alarm.told_at.is_not(None), Alarm.told_over_at.is_(None))
    rows = db.scalars(select(Alarm).where(Alarm.company_id.in_(ids), or_(Alarm.ended_at.is_(None), owed)))
    return {(row.company_id, row.kind, row.subject): row for row in rows}


def _kept(db: Session, standing: dict[_Key, Alarm], wrong: Sequence[Wrong], now: datetime) -> list[Alarm]:
    """The alarms as they stand now; what is wrong again before anybody was told that it was well is the same alarm."""
    seen = {(one.company_id, one.kind.value, one.subject): one for one in wrong}
    for key, one in seen.items():
        alarm = standing.get(key)
        if alarm is None or alarm.ended_at is not None:
            _tell_programs(db, one.company_id, one.kind, WebhookEvent.CONNECTOR_SILENT, now)
        if alarm is None:
            alarm = standing[key] = Alarm(company_id=one.company_id, kind=one.kind, subject=one.subject, raised_at=now)
            db.add(alarm)
        alarm.message, alarm.advice, alarm.ended_at = one.message, one.advice, None
    for key, alarm in standing.items():
        if key not in seen and alarm.ended_at is None:
            alarm.ended_at = now
            _tell_programs(db, alarm.company_id, alarm.kind, WebhookEvent.CONNECTOR_BACK, now)
    db.flush()
    return list(standing.values())


def _tell_programs(db: Session, company_id: int, kind: AlarmKind, event: WebhookEvent, now: datetime) -> None:
    """At once: programs have no quiet hours."""
    if kind is AlarmKind.SILENT:
        tell_company(db, company_id, [Told(event, {})], now=now)


def _tell(db: Session, company: Company, alarms: Sequence[Alarm], settings: Settings, now: datetime) -> int:
    due = [alarm for alarm in alarms if alarm.ended_at is None and alarm.told_at is None]
    over = [alarm for alarm in alarms if alarm.ended_at is not None and alarm.told_at is not None]
    if not due and not over:
        return 0
    awake = QuietHours.of(options_of(db, company.id), zone_of(company)).awake_since(now)
    if awake is None:
        return 0
    due = [alarm for alarm in due if _is_ripe(alarm, awake, now)]
    for alarm in due:
        alarm.told_at = now
        _write(db, settings, company, alarm, RULES[alarm.kind].title, [alarm.message, alarm.advice], now)
    for alarm in over:
        alarm.told_over_at = now
        _write(db, settings, company, alarm, RULES[alarm.kind].over, [f"It was: {alarm.message}"], now)
    db.flush()
    return len(due) + len(over)


def _is_ripe(alarm: Alarm, awake: datetime, now: datetime) -> bool:
    rule = RULES[alarm.kind]
    return now - alarm.raised_at >= rule.patience and now - awake >= rule.after_quiet


def _write(
    db: Session,
    settings: Settings,
    company: Company,
    alarm: Alarm,
    title: str,
    paragraphs: Sequence[str],
    now: datetime,
) -> None:
    if settings.smtp_host is None:
        return  # a letter that lies for weeks would be no news when a mail server is set
    counts = alarm.kind is AlarmKind.FAILURES
    key = f"alarm {alarm.id} {'over' if alarm.told_over_at else 'raised'}"
    for to, letter in letters(db, settings, company, ByMail.ALARMS, title, paragraphs, counts=counts):
        put_letter(db, key, [to], letter, now=now, company_id=company.id)
