"""Submitted without anybody's asking: only where nothing speaks against it, within limits, and what waits says why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from qbwc_server.books.models import CompanyFacts
from qbwc_server.channels.connections.models import Connection
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import by_origin, change_body
from qbwc_server.posting.submitting.automatic import AutomaticSubmission, limits_of
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.posting.submitting.submit import submit
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN, Connected, Killed, KilledAt
from tests.introduced import introduced
from tests.qbwc_server.channels.scripted import Script, fact


def why(connected: Connected) -> dict[str, str | None]:
    """By key: the reason for which it waits, or its state."""
    with connected.database.reading() as db:
        rows = db.scalars(select(DocumentRow).order_by(DocumentRow.id)).all()
        return {row.origin.rpartition(":")[2]: row.reason or row.state.value for row in rows}


def message(connected: Connected, key: str) -> str:
    with connected.database.reading() as db:
        row = db.scalars(select(DocumentRow).where(DocumentRow.origin == f"feed:script:{key}")).one()
        return f"{row.message} {row.advice}"


def tells(script: Script, connected: Connected, **amounts: str) -> None:
    script.tells(*(fact(key, amount, connected.clock()) for key, amount in amounts.items()))


def test_at_first_nothing_is_submitted_by_itself(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {})
    tells(script, connected, a="1.00")
    connected.run(connection)
    assert why(connected) == {"a": "for_review"}


@pytest.mark.parametrize(
    ("limits", "first", "second", "third"),
    [
        ({"documents_per_run": 2}, "ab", "cd", ""),
        ({"documents_per_day": 3}, "abc", "", "d"),
        ({"amount_per_run": "40.00"}, "ab", "c", "d"),
        ({"amount_per_day": "60.00"}, "abc", "", "d"),
        ({"documents_per_run": 1, "amount_per_day": "40.00"}, "a", "b", "c"),
    ],
)
def test_what_is_over_a_limit_waits_and_goes_on_by_itself(
    connected: Connected, script: Script, limits: dict[str, Any], first: str, second: str, third: str
) -> None:
    connection = connected.add(script.channel, {}, submits=True, limits=limits)
    tells(script, connected, a="10.00", b="20.00", c="30.00", d="40.00")
    connected.run(connection)
    expected = {key: "submitted" if key in first else "over_limit" for key in "abcd"}
    assert why(connected) == expected
    assert "limit" in message(connected, "d")
    connected.run(connection)
    assert why(connected) == expected | dict.fromkeys(second, "submitted")
    connected.clock.advance(days=1)
    connected.run(connection)
    assert why(connected) == expected | dict.fromkeys([*second, *third], "submitted")


def test_what_alone_is_more_than_a_limit_is_for_a_person(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {}, submits=True, limits={"amount_per_run": "30.00"})
    tells(script, connected, a="30.01", b="30.00")
    connected.run(connection)
    assert why(connected) == {"a": "larger_than_limit", "b": "submitted"}
    assert "this alone is 30.01" in message(connected, "a")


def test_a_person_may_submit_what_is_over_a_limit(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {}, submits=True, limits={"documents_per_day": 1})
    tells(script, connected, a="1.00", b="2.00")
    connected.run(connection)
    with connected.database.transaction() as db:
        company = find_company(db, "shop")
        rows = list(by_origin(db, company.id, ["feed:script:b"]).values())
        assert submit(db, company, rows, by=ANN, now=connected.clock()).submitted == rows
    assert why(connected) == {"a": "submitted", "b": "submitted"}


def test_what_a_person_has_edited_or_stopped_does_not_go_by_itself(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {}, submits=True, limits={"documents_per_run": 1})
    tells(script, connected, a="1.00", b="2.00", c="3.00")
    connected.run(connection)
    with connected.database.transaction() as db:
        company = find_company(db, "shop")
        (row,) = by_origin(db, company.id, ["feed:script:b"]).values()
        change_body(db, row, read_document({**_body("feed:script:b"), "memo": "seen"}), by=ANN, now=connected.clock())
    connected.change(connection, {}, submits=False)
    connected.run(connection)
    assert why(connected) == {"a": "submitted", "b": "for_review", "c": "over_limit"}
    connected.change(connection, {}, submits=True)
    connected.run(connection)
    assert why(connected) == {"a": "submitted", "b": "for_review", "c": "submitted"}


def _body(origin: str) -> dict[str, Any]:
    lines = [{"item": "Tea", "amount": "2.00"}]
    return {"kind": "sales_receipt", "origin": origin, "date": "2026-03-02", "customer": "Ann", "lines": lines}


def test_as_long_as_no_closing_date_is_known_everything_waits(connected: Connected, script: Script) -> None:
    with connected.database.transaction() as db:
        db.execute(delete(CompanyFacts))
    connection = connected.add(script.channel, {}, submits=True)
    tells(script, connected, a="1.00")
    connected.run(connection)
    assert why(connected) == {"a": "period_unknown"}
    assert "has not told its closing date" in message(connected, "a")
    with connected.database.transaction() as db:
        introduced(db, find_company(db, "shop").id, connected.clock())
    connected.run(connection)
    assert why(connected) == {"a": "submitted"}


def test_a_closed_day_is_for_a_person_and_counts_for_no_limit(connected: Connected, script: Script) -> None:
    with connected.database.transaction() as db:
        introduced(db, find_company(db, "shop").id, connected.clock(), closing_date=date(2026, 3, 2))
    connection = connected.add(script.channel, {}, submits=True, limits={"documents_per_day": 1})
    tells(script, connected, a="1.00")
    connected.run(connection)
    assert why(connected) == {"a": "closing_date"}
    with connected.database.reading() as db:
        assert db.get_one(AutomaticSubmission, connection).day_documents == 0


def test_the_same_from_another_source_is_a_possible_duplicate(connected: Connected, script: Script) -> None:
    with connected.database.transaction() as db:
        company = find_company(db, "shop")
        hand_in(db, company, [read_document(_body("till-7"))], by=ANN, now=connected.clock())
    connection = connected.add(script.channel, {}, submits=True)
    tells(script, connected, a="2.00", b="2.00", c="3.00")
    connected.run(connection)
    assert why(connected) == {
        "till-7": "submitted", "a": "possible_duplicate", "b": "possible_duplicate", "c": "submitted",
    }  # fmt: skip
    assert "till-7" in message(connected, "a")


def test_what_does_not_foot_waits_for_that_and_counts_for_no_limit(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {}, submits=True, limits={"documents_per_run": 1})
    body = {name: value for name, value in _body("-").items() if name != "origin"}
    odd = fact("a", "2.00", connected.clock())
    script.tells(
        type(odd)("a", connected.clock(), {**body, "stated": {"total": "2.01"}}), fact("b", "2.00", connected.clock())
    )
    connected.run(connection)
    assert why(connected) == {"a": "does_not_foot", "b": "submitted"}


def test_where_only_quickbooks_knows_the_price_a_limit_of_money_keeps_it(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {}, submits=True, limits={"amount_per_day": "100.00"})
    odd = fact("a", "2.00", connected.clock())
    script.tells(type(odd)("a", connected.clock(), {**odd.body, "lines": [{"item": "Tea", "quantity": 2}]}))
    connected.run(connection)
    assert why(connected) == {"a": "amount_unknown"}


@pytest.mark.parametrize("committed", [True, False], ids=["behind a commit", "before a commit"])
def test_killed_at_any_step_no_limit_is_passed(connected: Connected, script: Script, committed: bool) -> None:
    connection = connected.add(script.channel, {}, submits=True, limits={"documents_per_day": 2})
    told = [fact(key, "1.00", connected.clock() - timedelta(minutes=5), item=key) for key in "abcd"]
    for step in range(8):
        script.runs.clear()
        script.tells(*told)
        killed = KilledAt(connected.database, step, committed=committed)
        with pytest.raises(Killed):
            connected.run(connection, database=killed)
        connected.clock.advance(minutes=20)
    script.tells(*told)
    connected.run(connection)
    states = list(why(connected).values())
    assert (states.count("submitted"), states.count("over_limit")) == (2, 2)


def test_limits_are_kept_audited_and_taken_away(connected: Connected, script: Script) -> None:
    connection = connected.add(script.channel, {}, limits={"documents_per_run": 5, "amount_per_day": "10.5"})
    connected.change(connection, {}, limits={"documents_per_run": None})
    with connected.database.reading() as db:
        assert limits_of(db, connection).as_record() == {
            "documents_per_run": None, "documents_per_day": None, "amount_per_run": None, "amount_per_day": "10.50",
        }  # fmt: skip
        changed = audit_of(db, company_id=db.get_one(Connection, connection).company_id)[0]
    assert changed.before == {"limit documents_per_run": 5}
