"""Columns mean the same on both engines: what is put in comes out, and what cannot be kept is refused at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import StatementError

from qbwc_server.db import Database
from qbwc_server.db.types import LONGEST_INSIDE, EnumValue, JsonRecord, Money, UtcDateTime


class Colour(StrEnum):
    RED = "red"


VALUES = Table(
    "values_of_test_types",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("moment", UtcDateTime),
    Column("money", Money),
    Column("colour", EnumValue(Colour)),
    Column("record", JsonRecord),
)


@pytest.fixture
def kept(database: Database) -> Iterator[Database]:
    VALUES.create(database.engine)
    yield database
    VALUES.drop(database.engine)


def there_and_back(database: Database, **values: Any) -> Any:
    with database.transaction() as db:
        db.execute(VALUES.delete())
        db.execute(insert(VALUES), [values])
        return db.execute(select(*(VALUES.c[name] for name in values))).scalar_one()


_ZONES = st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours)))
ROUNDS = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@ROUNDS
@given(moment=st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=_ZONES))  # noqa: DTZ001 - drawn
def test_a_moment_stays_the_same_moment(kept: Database, moment: datetime) -> None:
    back = there_and_back(kept, moment=moment)
    assert back == moment
    assert back.utcoffset() == timedelta(0)


@ROUNDS
@given(number=st.integers(-(10**18), 10**18))
def test_money_keeps_five_decimals(kept: Database, number: int) -> None:
    money = Decimal(number).scaleb(-5)
    assert there_and_back(kept, money=money) == money


@pytest.mark.parametrize(
    ("money", "shown"),
    [("3", "3.00"), ("-0.10", "-0.10"), ("0", "0.00"), ("1E+3", "1000.00"), ("0.12345", "0.12345"), ("0.125", "0.125")],
)
def test_money_comes_back_with_its_cents(kept: Database, money: str, shown: str) -> None:
    assert str(there_and_back(kept, money=Decimal(money))) == shown


@pytest.mark.parametrize(
    "values",
    [
        {"moment": datetime(2026, 3, 2)},  # noqa: DTZ001 - that is what must be refused
        {"money": Decimal("0.000001")},
        {"colour": "blue"},
    ],
)
def test_what_cannot_be_kept_is_refused(kept: Database, values: dict[str, Any]) -> None:
    with pytest.raises(StatementError):
        there_and_back(kept, **values)


@pytest.mark.parametrize("record", [{}, {"ä": ["東京", None, 1, True]}, {"b": 1, "a": {"y": 1, "x": "\0\n"}}])
def test_records(kept: Database, record: dict[str, Any]) -> None:
    assert there_and_back(kept, record=record) == record


def test_records_of_the_same_content_are_the_same_text(kept: Database) -> None:
    texts = []
    for record in ({"b": 1, "a": 2}, {"a": 2, "b": 1}):
        there_and_back(kept, record=record)
        with kept.reading() as db:
            texts.append(db.execute(text("SELECT record FROM values_of_test_types")).scalar_one())
    assert texts == ['{"a":2,"b":1}'] * 2


def test_rows_written_together_keep_each_its_moment(kept: Database) -> None:
    first = datetime(2026, 3, 2, 15, tzinfo=UTC)
    second = first + timedelta(microseconds=1)
    moments = [None, first, first, second, None, second, first]
    with kept.transaction() as db:
        db.execute(insert(VALUES), [{"id": number, "moment": moment} for number, moment in enumerate(moments, 1)])
        assert db.scalars(select(VALUES.c.moment).order_by(VALUES.c.id)).all() == moments


@pytest.mark.parametrize("more", [0, 1])
def test_texts_in_a_record_are_shortened_where_they_are_too_long(kept: Database, more: int) -> None:
    back = there_and_back(kept, record={"texts": ["é" * (LONGEST_INSIDE + more)]})
    assert (len(back["texts"][0]), back["texts"][0].endswith("…")) == (LONGEST_INSIDE, bool(more))


def test_an_enumeration_comes_back_as_its_member(kept: Database) -> None:
    assert there_and_back(kept, colour=Colour.RED) is Colour.RED
    assert there_and_back(kept, colour="red") is Colour.RED


@pytest.mark.parametrize("name", ["moment", "money", "colour", "record"])
def test_nothing_stays_nothing(kept: Database, name: str) -> None:
    assert there_and_back(kept, **{name: None}) is None


def test_moments_are_compared_as_moments(kept: Database) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    there_and_back(kept, moment=noon)
    earlier = (noon - timedelta(minutes=1)).astimezone(timezone(timedelta(hours=9)))
    with kept.reading() as db:
        assert db.execute(select(VALUES.c.id).where(VALUES.c.moment > earlier)).all()
        assert not db.execute(select(VALUES.c.id).where(VALUES.c.moment < earlier)).all()


class Shade(StrEnum):
    RED = "red"
    ODD = "it's"


PAINT = Table("paint", MetaData(), Column("shade", EnumValue(Shade)))


def test_members_stand_in_the_statement_itself_so_that_partial_indexes_are_found(database: Database) -> None:
    column = PAINT.c.shade
    for condition, written in (
        (column == Shade.RED, "paint.shade = 'red'"),
        (column != Shade.ODD, "paint.shade != 'it''s'"),
        (column.in_((Shade.RED, Shade.ODD)), "paint.shade IN ('it''s', 'red')"),
        (column.not_in([Shade.RED]), "(paint.shade NOT IN ('red'))"),
        (column.is_(None), "paint.shade IS NULL"),
    ):
        compiled = condition.compile(database.engine)
        assert (str(compiled), compiled.params) == (written, {})


def test_what_is_written_out_compares_as_it_should(database: Database) -> None:
    with database.transaction() as db:
        connection = db.connection()
        PAINT.create(connection)
        connection.execute(insert(PAINT), [{"shade": shade} for shade in Shade])
        for shade in Shade:
            assert connection.scalars(select(PAINT.c.shade).where(PAINT.c.shade == shade)).all() == [shade]
        assert len(connection.scalars(select(PAINT.c.shade).where(PAINT.c.shade.in_(set(Shade)))).all()) == 2
        assert connection.scalars(select(PAINT.c.shade).where(PAINT.c.shade.in_([]))).all() == []
        PAINT.drop(connection)
