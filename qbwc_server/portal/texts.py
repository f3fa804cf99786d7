"""Words, dates and money as the reader writes them; all texts of pages go through gettext, English being the source."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal
from flask import Flask
from markupsafe import Markup

from qbwc_server.documents.kinds import KINDS
from qbwc_server.mapping.resolving import waits_for_a_word
from qbwc_server.portal import more_words, set_up_words, start_words, translation, words
from qbwc_server.portal.pressing import pressed
from qbwc_server.portal.static_files import static_url
from qbwc_server.portal.translation import gettext, locale, ngettext
from qbwc_server.reports.entries import place_words
from qbwc_server.shortening import shortened

_AN_HOUR = timedelta(hours=1)
_MOST_RAW = 50_000  # characters of one text of the proof on a page


def set_up(app: Flask) -> None:
    """Give the templates their words and filters."""
    translation.set_up(app, translation.language)
    app.jinja_env.filters.update(
        day=day, moment=moment, money=money, count=count, cell=cell, shortened=shortened, pressed=pressed
    )
    app.jinja_env.globals.update(
        MOST_RAW=_MOST_RAW,
        STATES=words.STATES,
        TABS=words.TABS,
        ADVICE=set_up_words.ADVICE,
        CHECKS=set_up_words.CHECKS,
        STEP_STATES=set_up_words.STEP_STATES,
        step_sentence=set_up_words.step_sentence,
        event_words=words.event_words,
        request_words=words.request_words,
        CONTACTS=words.CONTACTS,
        LIGHTS=words.LIGHTS,
        kind_title=kind_title,
        language=translation.language,
        ngettext=ngettext,
        static_url=static_url,
        verdict_explained=words.verdict_explained,
        verdict_sentence=words.verdict_sentence,
        waits_for_words=waits_for_a_word,
        who_acts=words.who_acts,
        suggestion_words=more_words.suggestion_words,
        **more_words.TABLES,
        place_words=place_words,
        **start_words.TABLES,
        NOT_STARTED=start_words.NOT_STARTED,
    )


def day(value: date | str) -> str:
    """A calendar day."""
    return format_date(date.fromisoformat(value) if isinstance(value, str) else value, "medium", locale())


def moment(value: datetime | str | None, zone: str, now: datetime) -> str | Markup:
    """A moment: minutes ago for the last hour, then the time, then the day; the exact one on hover. "–" for none."""
    if value is None:
        return "–"
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    exact = f"{format_datetime(local, 'medium', locale=locale())} {local.tzname()}"
    shown = _words(at, local, today, now)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), exact, shown)


def money(value: Decimal | str | None) -> str:
    """An amount; the currency is that of the document. "–" for none."""
    return "–" if value is None else format_decimal(Decimal(value), "#,##0.00###", locale())


def cell(value: object) -> str:
    """A field of a line: numbers as the reader writes them, what has fields of its own by its name."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Decimal):
        return format_decimal(value, "#,##0" if value == value.to_integral_value() else "#,##0.00#######", locale())
    if isinstance(value, date):
        return day(value)
    if isinstance(value, dict):
        return str(value.get("name") or ", ".join(cell(each) for each in value.values()))
    return str(value)


def count(value: int) -> str:
    """A number of things, never "99+"."""
    return format_decimal(value, locale=locale())


def kind_title(kind: str) -> str:
    """What a document of that kind is called at the head of a page."""
    title = KINDS[kind].title
    return f"{title[:1].upper()}{title[1:]}"


def _words(at: datetime, local: datetime, today: date, now: datetime) -> str:
    if timedelta(0) <= now - at < _AN_HOUR:
        minutes = int((now - at).total_seconds() // 60)
        if not minutes:
            return gettext("just now")
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
    if local.date() == today:
        return format_time(local, "short", locale=locale())
    return format_datetime(local, "short", locale=locale())
