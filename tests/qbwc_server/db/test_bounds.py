"""Texts from outside fit their columns: on both engines the same, in memory as in the database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Column, String, TypeDecorator
from sqlalchemy.orm import Mapped, mapped_column

from qbwc_server.books.models import CompanyFacts
from qbwc_server.db import Base, Database, schema
from qbwc_server.db.types import Cut, EnumValue, Exact, JsonRecord, SortKey, Whole, Words
from qbwc_server.tenancy.actor import ActorColumn
from qbwc_server.tenancy.companies import add_company
from qbwc_server.tenancy.models import ApiToken
from qbwc_server.tenancy.sealing import SealedColumn
from tests.conftest import TurnableClock

MEGABYTE = "Zoë & Söhne, " * 80_000
BOUNDED = (Cut, Exact, SortKey, Words)
COLUMNS = [column for table in schema.declared().tables.values() for column in table.columns]


def _is_text(column: Column[Any]) -> bool:
    kind = column.type
    inner = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return isinstance(inner, String)  # Text is one as well


@pytest.mark.parametrize("column", [column for column in COLUMNS if _is_text(column)], ids=str)
def test_every_column_of_text_says_how_long_it_may_be(column: Column[Any]) -> None:
    """Not String or Text, which SQLite takes for a wish: a company name of a megabyte was kept."""
    assert isinstance(column.type, (*BOUNDED, EnumValue, JsonRecord, Whole, ActorColumn, SealedColumn))
    if isinstance(column.type, EnumValue):
        assert max(len(member.value) for member in column.type.enumeration) <= 32
    if isinstance(column.type, Whole):
        assert column.type.bounded_by


@pytest.mark.parametrize("column", [column for column in COLUMNS if isinstance(column.type, Cut | Words)], ids=str)
def test_what_is_too_long_is_made_to_fit_when_it_is_set(column: Column[Any]) -> None:
    (mapper,) = (mapper for mapper in Base.registry.mappers if column.table in mapper.tables)
    row = mapper.class_()
    setattr(row, mapper.get_property_by_column(column).key, MEGABYTE + "\0\ud800")
    value = getattr(row, mapper.get_property_by_column(column).key)
    assert isinstance(column.type, Cut | Words)
    assert len(value) == column.type.most
    assert value.endswith("…") == isinstance(column.type, Words)


@pytest.mark.parametrize("column", [column for column in COLUMNS if isinstance(column.type, Exact)], ids=str)
def test_a_key_is_never_cut(column: Column[Any]) -> None:
    (mapper,) = (mapper for mapper in Base.registry.mappers if column.table in mapper.tables)
    with pytest.raises(ValueError, match="were expected"):
        setattr(mapper.class_(), mapper.get_property_by_column(column).key, MEGABYTE)


class Odd(Base):
    """Every bounded type in one table of the test."""

    __tablename__ = "odd_texts_of_a_test"

    id: Mapped[int] = mapped_column(primary_key=True)
    cut: Mapped[str] = mapped_column(Cut(10))
    words: Mapped[str] = mapped_column(Words(10))
    record: Mapped[dict[str, Any]] = mapped_column(JsonRecord)


Base.metadata.remove(Base.metadata.tables["odd_texts_of_a_test"])


def test_any_text_is_taken_by_both_engines(database: Database) -> None:
    table: Any = Odd.__table__
    odd = "\0\ud800\x1f" * 3 + MEGABYTE
    with database.transaction() as db:
        table.create(db.connection())
        db.execute(table.insert().values(id=1, cut=odd, words=odd, record={"names": [odd, {"inner": odd}], "n": 1}))
    with database.reading() as db:
        row = db.execute(table.select()).one()
    assert (len(row.cut), len(row.words), row.words[-1]) == (10, 10, "…")
    assert [len(row.record["names"][0]), len(row.record["names"][1]["inner"]), row.record["n"]] == [20_000, 20_000, 1]
    with database.transaction() as db:
        table.drop(db.connection())


def test_a_key_of_any_length_may_be_looked_for(database: Database) -> None:
    with database.reading() as db:
        assert db.query(ApiToken).where(ApiToken.digest == MEGABYTE).all() == []


def test_the_label_of_a_token_and_the_name_of_a_company_fit(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        company = add_company(db, code="acme", name="Acme", time_zone="UTC", now=clock())
        db.add(ApiToken(company_id=company.id, digest="d", label=MEGABYTE, scopes="read", created_at=clock()))
        db.add(
            CompanyFacts(
                company_id=company.id,
                company_name=MEGABYTE,
                file_path=MEGABYTE,
                country=MEGABYTE,
                qbxml_version="13.0",
                preferences={"sales_tax_item": MEGABYTE},
                seen_at=clock(),
            )
        )
    with database.reading() as db:
        facts = db.get_one(CompanyFacts, company.id)
        assert [len(text or "") for text in (facts.company_name, facts.file_path, facts.country)] == [200, 1000, 8]
