"""What a person confirmed for a description is proposed for the next one, behind all rules; a switch turns it off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.rules.keeping import active_name, rules_of
from qbwc_server.mapping.rules.models import LearntChoice
from qbwc_server.mapping.rules.rule import Booked, Direction, Line, StatementEntry, booked_by, plain_text
from qbwc_server.queue.lane import take_lane
from qbwc_server.shortening import storable
from qbwc_server.tenancy.models import Company

_NUMBERS = re.compile(r"\d[\d\W_]*")
_LONGEST = 300
_AT_A_TIME = 500
_Key = tuple[Direction, str, str]


def words_key(description: str) -> str:
    """A description without what differs from one time to the next: numbers, dates, references."""
    plain = storable(" ".join(_NUMBERS.sub(" ", plain_text(description)).split()))
    return plain if len(plain) <= _LONGEST else sha256(plain.encode()).hexdigest()


def learn(
    db: Session,
    company_id: int,
    entry: StatementEntry,
    account: str,
    *,
    class_name: str | None = None,
    now: datetime,
    remember: bool = True,
) -> None:
    """A person confirmed that an entry goes to this account.

    Args:
        remember: off: this once, and not as a habit.
    """
    key = _key(entry)
    if not remember or not key[2]:
        return
    row = _known(db, company_id, [key]).get(key)
    if row is None:
        row = LearntChoice(company_id=company_id, direction=key[0], tax=key[1], words=key[2], times=0)
        db.add(row)
    elif (row.account, row.class_name) != (account, class_name):
        row.times = 0
    row.account, row.class_name, row.changed_at = account, class_name, now
    row.times += 1
    db.flush()


def confirm(
    db: Session,
    company: Company,
    entry: StatementEntry,
    account: str,
    *,
    class_name: str | None = None,
    remember: bool = True,
    now: datetime,
) -> bool:
    """Learn what a person confirmed, under the names that the lists of the company have; whether it is remembered.

    Raises:
        Invalid: the lists have no such active account or class.
    """
    take_lane(db, company.id)
    name = active_name(db, company, ListKind.ACCOUNT, account)
    of_class = None if class_name is None else active_name(db, company, ListKind.CLASS, class_name)
    learn(db, company.id, entry, name, class_name=of_class, now=now, remember=remember)
    return remember and bool(words_key(entry.description))


def book(
    db: Session, company_id: int, entries: Sequence[StatementEntry], *, learnt: bool = True
) -> list[Booked | None]:
    """What rules make of entries, in order, and behind them what was learnt; None where a person has to say.

    Args:
        learnt: off: only rules count.
    """
    rules = rules_of(db, company_id)
    found = [booked_by(rules, entry) for entry in entries]
    if not learnt:
        return found
    open_ones = {_key(entry) for entry, one in zip(entries, found, strict=True) if one is None and not entry.edited}
    known = _known(db, company_id, sorted(open_ones))
    return [
        one if one is not None or entry.edited else _as_learnt(entry, known.get(_key(entry)))
        for entry, one in zip(entries, found, strict=True)
    ]


def _as_learnt(entry: StatementEntry, row: LearntChoice | None) -> Booked | None:
    if row is None:
        return None
    return Booked((Line(row.account, entry.amount, entry.description, row.class_name),), f"learnt {row.id}")


def _key(entry: StatementEntry) -> _Key:
    tax = {None: "unknown", True: "reduced", False: "normal"}[entry.reduced_tax]
    return entry.direction, tax, words_key(entry.description)


def _known(db: Session, company_id: int, keys: Sequence[_Key]) -> dict[_Key, LearntChoice]:
    found: dict[_Key, LearntChoice] = {}
    words = sorted({key[2] for key in keys if key[2]})
    for start in range(0, len(words), _AT_A_TIME):
        some = words[start : start + _AT_A_TIME]
        for row in db.scalars(
            select(LearntChoice).where(LearntChoice.company_id == company_id, LearntChoice.words.in_(some))
        ):
            found[row.direction, row.tax, row.words] = row
    return found
