"""Partners: each company stands under one, and nobody has to think of it."""

from __future__ import annotations

import pytest

from qbwc_server.db import Database
from qbwc_server.errors import Conflict, Invalid, NotFound
from qbwc_server.tenancy.companies import add_company
from qbwc_server.tenancy.partners import add_partner, companies_of, find_partner, partners
from tests.conftest import TurnableClock


def test_a_company_gets_a_partner_of_its_own_and_never_joins_another(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        taken = add_partner(db, code="kern", name="Another Kern", now=clock())
        kern = add_company(db, code="kern", name="Kern", time_zone="UTC", now=clock())
        more = add_company(db, code="more", name="More", time_zone="UTC", now=clock())
        assert companies_of(db, taken) == []
        assert [(each.code, each.name) for each in partners(db)] == [
            ("kern", "Another Kern"), ("kern-2", "Kern"), ("more", "More"),
        ]  # fmt: skip
        assert companies_of(db, find_partner(db, "kern-2")) == [kern]
        assert companies_of(db, find_partner(db, "more")) == [more]


def test_the_code_that_is_made_fits(database: Database, clock: TurnableClock) -> None:
    longest = "k" * 38 + "-k"
    with database.transaction() as db:
        add_partner(db, code=longest, name="Taken", now=clock())
        company = add_company(db, code=longest, name="Kern", time_zone="UTC", now=clock())
        made = [each.code for each in partners(db) if each.id == company.partner_id]
    assert made == ["k" * 38 + "-2"]


def test_companies_are_put_under_a_partner_that_is_named(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        office = add_partner(db, code="office", name=" Office ", now=clock())
        for code in ("b", "a"):
            add_company(db, code=code, name=code, time_zone="UTC", now=clock(), partner=office)
        assert [company.code for company in companies_of(db, office)] == ["a", "b"]
        assert [partner.name for partner in partners(db)] == ["Office"]


def test_slips_are_refused(database: Database, clock: TurnableClock) -> None:
    with database.transaction() as db:
        add_partner(db, code="office", name="Office", now=clock())
        with pytest.raises(Conflict, match="already a partner office"):
            add_partner(db, code="office", name="Another", now=clock())
        for code in ("", "Office", "a b", "-a", "x" * 41):
            with pytest.raises(Invalid):
                add_partner(db, code=code, name="Office", now=clock())
        for name in ("", " ", "x" * 201, "a\nb"):
            with pytest.raises(Invalid, match="partner needs a name"):
                add_partner(db, code="more", name=name, now=clock())
        with pytest.raises(NotFound, match="no partner 'nobody'"):
            find_partner(db, "nobody")
