"""A person's rules are kept in order: added, put elsewhere, removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_server.books.mirror.fate import Standing, by_name, standing_of
from qbwc_server.books.mirror.models import MirrorEntry
from qbwc_server.documents.kinds.fields import CENT
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.list_kinds import ListKind
from qbwc_server.mapping.rules.models import RuleRow
from qbwc_server.mapping.rules.rule import LARGEST, LONGEST_TEXT, MOST_RULES, MOST_SPLITS, Rule, Split, plain_text
from qbwc_server.queue.lane import take_lane
from qbwc_server.shortening import storable
from qbwc_server.tenancy.actor import Actor
from qbwc_server.tenancy.audit import Audited, note_audit
from qbwc_server.tenancy.models import Company

_FIELDS = (
    *("match", "text", "direction", "least", "most", "source", "reduced_tax", "account", "class_name", "description"),
)


def add_rule(db: Session, company: Company, rule: Rule, *, by: Actor, now: datetime) -> RuleRow:
    """Keep a rule behind all others; one that asks for the same takes the place of the one that was there.

    Raises:
        Invalid: a text, amount or part cannot be, an account or class is not in the lists, or there are too many.
    """
    take_lane(db, company.id)
    kept = _checked(db, company, rule)
    rows = _rows(db, company.id)
    row = next((one for one in rows if _asks(as_rule(one)) == _asks(kept)), None)
    before = None if row is None else _state(row)
    if row is None:
        if len(rows) >= MOST_RULES:
            raise Invalid(f"A company has at most {MOST_RULES} rules.", advice="Remove those that are not used.")
        row = RuleRow(company_id=company.id, place=rows[-1].place + 1 if rows else 1)
        db.add(row)
    for name in _FIELDS:
        setattr(row, name, getattr(kept, name))
    row.splits = {"splits": [_split_record(one) for one in kept.splits]}
    row.by, row.changed_at = by, now
    db.flush()
    _note(db, row, before, _state(row), by=by, now=now)
    return row


def remove_rule(db: Session, company: Company, rule_id: int, *, by: Actor, now: datetime) -> None:
    """Take a rule away. Raises NotFound."""
    row = _find(db, company.id, rule_id)
    before = _state(row)
    db.delete(row)
    db.flush()
    _note(db, row, before, None, by=by, now=now)


def move_rule(db: Session, company: Company, rule_id: int, place: int, *, by: Actor, now: datetime) -> RuleRow:
    """Put a rule at a place, counted from 1; the others keep their order. Raises NotFound."""
    take_lane(db, company.id)
    row = _find(db, company.id, rule_id)
    before = row.place
    others = [one for one in _rows(db, company.id) if one.id != row.id]
    others.insert(max(place, 1) - 1, row)
    for number, one in enumerate(others, start=1):
        one.place = number
    db.flush()
    _note(db, row, {"place": before}, {"place": row.place}, by=by, now=now)
    return row


def rules_of(db: Session, company_id: int) -> list[Rule]:
    """The rules of a company, the first to be tried first."""
    return [as_rule(row) for row in _rows(db, company_id)]


def as_rule(row: RuleRow) -> Rule:
    """A rule as it is applied."""
    return Rule(
        text=row.text,
        account=row.account,
        match=row.match,
        direction=row.direction,
        least=row.least,
        most=row.most,
        source=row.source,
        reduced_tax=row.reduced_tax,
        class_name=row.class_name,
        description=row.description,
        splits=tuple(_split(one) for one in row.splits["splits"]),
        id=row.id,
    )


def _rows(db: Session, company_id: int) -> Sequence[RuleRow]:
    return db.scalars(select(RuleRow).where(RuleRow.company_id == company_id).order_by(RuleRow.place, RuleRow.id)).all()


def _find(db: Session, company_id: int, rule_id: int) -> RuleRow:
    row = db.get(RuleRow, rule_id)
    if row is None or row.company_id != company_id:
        raise NotFound(f"There is no rule {rule_id} in this company.")
    return row


def _asks(rule: Rule) -> tuple[Any, ...]:
    """What a rule looks for: two that look for the same are one."""
    source = None if rule.source is None else rule.source.lower()
    return (rule.match, plain_text(rule.text), rule.direction, rule.least, rule.most, source, rule.reduced_tax)


def _checked(db: Session, company: Company, rule: Rule) -> Rule:
    if not plain_text(rule.text) or len(rule.text) > LONGEST_TEXT or rule.text != storable(rule.text):
        raise Invalid(f"The text of a rule has 1 to {LONGEST_TEXT} characters.")
    for name, amount in (("least", rule.least), ("most", rule.most)):
        if amount is not None and not _is_amount(amount):
            raise Invalid(f"The {name} amount must be from 0 to {LARGEST}, in cents.")
    if rule.least is not None and rule.most is not None and rule.least > rule.most:
        raise Invalid("The least amount is more than the most.")
    if len(rule.splits) > MOST_SPLITS:
        raise Invalid(f"A rule has at most {MOST_SPLITS} parts.")
    for split in rule.splits:
        _check_split(split)
    if sum((one.percent or Decimal(0) for one in rule.splits), Decimal(0)) > 100:
        raise Invalid("The parts are more than 100 percent.")
    return Rule(
        text=rule.text.strip(),
        account=active_name(db, company, ListKind.ACCOUNT, rule.account),
        match=rule.match,
        direction=rule.direction,
        least=rule.least,
        most=rule.most,
        source=None if rule.source is None else active_name(db, company, ListKind.ACCOUNT, rule.source),
        reduced_tax=rule.reduced_tax,
        class_name=None if rule.class_name is None else active_name(db, company, ListKind.CLASS, rule.class_name),
        description=rule.description,
        splits=tuple(
            Split(active_name(db, company, ListKind.ACCOUNT, one.account), one.amount, one.percent, one.description)
            for one in rule.splits
        ),
    )


def _check_split(split: Split) -> None:
    if (split.amount is None) == (split.percent is None):
        raise Invalid("A part is an amount or a percentage.")
    if split.amount is not None and not (_is_amount(split.amount) and split.amount):
        raise Invalid(f"The amount of a part must be from 0.01 to {LARGEST}, in cents.")
    if split.percent is not None and not (split.percent.is_finite() and 0 < split.percent <= 100):
        raise Invalid("The percentage of a part must be above 0 and at most 100.")


def _is_amount(amount: Decimal) -> bool:
    return amount.is_finite() and 0 <= amount <= LARGEST and amount == amount.quantize(CENT)


def is_active_name(db: Session, company_id: int, kind: ListKind, name: str) -> bool:
    """Whether the lists have exactly one active entry of that name."""
    return len(_active(db, company_id, kind, name)) == 1


def _active(db: Session, company_id: int, kind: ListKind, name: str) -> list[MirrorEntry]:
    return [one for one in by_name(db, company_id, kind, name) if standing_of(one) is Standing.PRESENT]


def active_name(db: Session, company: Company, kind: ListKind, name: str) -> str:
    """The entry of that name as the lists write it. Raises Invalid where there is none that is active."""
    found = _active(db, company.id, kind, name)
    if len(found) != 1:
        raise Invalid(f"The lists of the company have no active {kind.value} called {name[:60]!r}.")
    return found[0].full_name


def _split_record(split: Split) -> dict[str, Any]:
    return {
        "account": split.account,
        "amount": None if split.amount is None else str(split.amount),
        "percent": None if split.percent is None else str(split.percent),
        "description": split.description,
    }


def _split(record: dict[str, Any]) -> Split:
    amount, percent = (None if record[name] is None else Decimal(record[name]) for name in ("amount", "percent"))
    return Split(record["account"], amount, percent, record["description"])


def _state(row: RuleRow) -> dict[str, object]:
    return {**{name: getattr(row, name) for name in _FIELDS}, "splits": row.splits["splits"], "place": row.place}


def _note(
    db: Session,
    row: RuleRow,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    note_audit(
        db,
        Audited.RULE_CHANGED,
        by=by,
        now=now,
        company_id=row.company_id,
        subject=f"rule {row.id}: {row.text}",
        before=before,
        after=after,
    )
