"""``/companies/CODE/rules``: rules for lines of statements, what they make of one, and what was confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, jsonify

from qbwc_server.api.access import Access
from qbwc_server.api.answers.rules import (
    BookedAnswer,
    LearntAnswer,
    RuleAnswer,
    RuleMovedAnswer,
    RuleRemovedAnswer,
    RulesAnswer,
)
from qbwc_server.api.errors import CREATED
from qbwc_server.api.routes import Body, Route
from qbwc_server.documents.models import LARGEST_ID
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.mapping.rules.keeping import add_rule, as_rule, move_rule, remove_rule, rules_of
from qbwc_server.mapping.rules.learning import book, confirm
from qbwc_server.mapping.rules.rule import Direction, Match, Rule, Split, StatementEntry
from qbwc_server.reports.rules import booked_record, rule_record
from qbwc_server.tenancy.permissions import Permission

_ALL = "/companies/<code>/rules"
_ONE = f"{_ALL}/<int(max={LARGEST_ID}):rule_id>"
_LINE = {"description": str, "amount": str, "direction": str, "source": str, "reduced_tax": bool}
_WORDS = {
    "text": "What the description holds.",
    "exact": "The description is this text; else it holds it.",
    "account": "Full name of the account in QuickBooks.",
    "direction": f"One of {', '.join(Direction)}.",
    "least": "Only from this amount on, as text.",
    "most": "Only up to this amount, as text.",
    "amount": "As text, without a sign.",
    "source": "The account on which it stands.",
    "reduced_tax": "Whether it is taxed at a reduced rate; left out: unknown.",
    "class": "Class of the lines.",
    "description": "Of the line.",
    "splits": 'Parts to accounts of their own: {"Card fees": "2.5%", "Tips": "1.00"}.',
    "learnt": "false: only rules count.",
    "remember": "false: this once, and not as a habit.",
    "place": "Counted from 1.",
}
ROUTES = {
    "rules": Route(Permission.SEE_COMPANY, RulesAnswer),
    "add_one_rule": Route(
        Permission.MAP,
        RuleAnswer,
        takes=Body(
            {
                **dict.fromkeys(("text", "account", "direction", "least", "most", "source", "class"), str),
                "description": str,
                "exact": bool,
                "reduced_tax": bool,
                "splits": dict,
            },
            _WORDS,
            needed=("text", "account"),
        ),
        statuses=(CREATED,),
        refuses=(Invalid,),
    ),
    "remove_one_rule": Route(Permission.MAP, RuleRemovedAnswer, refuses=(NotFound,)),
    "move_one_rule": Route(
        Permission.MAP,
        RuleMovedAnswer,
        takes=Body({"place": int}, _WORDS, needed=("place",)),
        refuses=(NotFound, Invalid),
    ),
    "try_rules": Route(
        Permission.MAP,
        BookedAnswer,
        takes=Body({**_LINE, "learnt": bool}, _WORDS, needed=("description", "amount")),
        refuses=(Invalid,),
    ),
    "confirm_choice": Route(
        Permission.MAP,
        LearntAnswer,
        takes=Body(
            {**_LINE, "account": str, "class": str, "remember": bool}, _WORDS, needed=("description", "account")
        ),
        refuses=(Invalid,),
    ),
}


def add_routes(blueprint: Blueprint, access: Access) -> None:
    """Put the resource at its address."""
    _add_rules(blueprint, access)

    @blueprint.post(f"{_ALL}/try")
    def try_rules(code: str) -> Response:
        """What rules, and what was learnt, would make of a line; nothing is changed."""
        said = access.said()
        with access.looking() as (db, company):
            (booked,) = book(db, company.id, [_entry(said)], learnt=said.get("learnt", True))
        return jsonify(booked_record(booked))

    @blueprint.post(f"{_ALL}/confirm")
    def confirm_choice(code: str) -> Response:
        """A person has confirmed the account of a line: the next one that looks so is proposed for it."""
        said = access.said()
        with access.changing() as (db, company):
            remembered = confirm(
                db,
                company,
                _entry({"amount": "0", **said}),
                _needed(said, "account"),
                class_name=said.get("class"),
                remember=said.get("remember", True),
                now=access.now(),
            )
        return jsonify(remembered=remembered)


def _add_rules(blueprint: Blueprint, access: Access) -> None:
    @blueprint.get(_ALL)
    def rules(code: str) -> Response:
        """The rules, the first to be tried first."""
        with access.looking() as (db, company):
            records = [rule_record(one) for one in rules_of(db, company.id)]
        return jsonify(rules=records)

    @blueprint.post(_ALL)
    def add_one_rule(code: str) -> tuple[Response, int]:
        """Add a rule behind all others; one that looks for the same is replaced."""
        rule = _rule(access.said())
        with access.changing() as (db, company):
            record = rule_record(as_rule(add_rule(db, company, rule, by=access.by, now=access.now())))
        return jsonify(record), CREATED

    @blueprint.delete(_ONE)
    def remove_one_rule(code: str, rule_id: int) -> Response:
        """Take a rule away."""
        with access.changing() as (db, company):
            remove_rule(db, company, rule_id, by=access.by, now=access.now())
        return jsonify(id=rule_id)

    @blueprint.post(f"{_ONE}/move")
    def move_one_rule(code: str, rule_id: int) -> Response:
        """Put a rule at another place, counted from 1."""
        place = access.said().get("place")
        if not isinstance(place, int):
            raise Invalid("The field place is missing.")
        with access.changing() as (db, company):
            row = move_rule(db, company, rule_id, place, by=access.by, now=access.now())
            record = {"id": row.id, "place": row.place}
        return jsonify(record)


def _rule(said: Mapping[str, Any]) -> Rule:
    return Rule(
        text=_needed(said, "text"),
        account=_needed(said, "account"),
        match=Match.EXACT if said.get("exact") else Match.PARTIAL,
        direction=_direction(said),
        least=_amount(said.get("least")),
        most=_amount(said.get("most")),
        source=said.get("source"),
        reduced_tax=said.get("reduced_tax"),
        class_name=said.get("class"),
        description=said.get("description"),
        splits=tuple(_split(account, part) for account, part in (said.get("splits") or {}).items()),
    )


def _entry(said: Mapping[str, Any]) -> StatementEntry:
    amount = _amount(_needed(said, "amount"))
    if amount is None or amount < 0:
        raise Invalid("The amount of a line has no sign.")
    direction = _direction(said) or Direction.EXPENSE
    return StatementEntry(_needed(said, "description"), direction, amount, said.get("source"), said.get("reduced_tax"))


def _needed(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"The field {name} is missing.")
    return value


def _direction(said: Mapping[str, Any]) -> Direction | None:
    name = said.get("direction")
    if name is not None and name not in tuple(Direction):
        raise Invalid(f"The field direction must be among {', '.join(Direction)}.")
    return None if name is None else Direction(name)


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = None if text is None else Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount is not None and not amount.is_finite():
        raise Invalid(f"{str(text)[:40]!r} is no amount.")
    return amount


def _split(account: str, part: object) -> Split:
    if not isinstance(part, str):
        raise Invalid("A part is a text such as 10.00 or 2.5%.")
    if part.endswith("%"):
        return Split(account, percent=_amount(part[:-1]))
    return Split(account, amount=_amount(part))
