"""Charges as the records of a connection tell them: the newest version, whose they are, what cannot be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from qbwc_server.billing_runs.told import Told, names_of, sources_since, told_of
from qbwc_server.channels.contract import Fact
from tests.qbwc_server.billing_runs.distributor import Distributed, told_charge

EVER = date(2020, 1, 1)


def told(distributed: Distributed, since: date = EVER, known: tuple[str, ...] = ()) -> Told:
    with distributed.database.reading() as db:
        connection_id = distributed.connection_id
        names = names_of(db, connection_id, known)
        return told_of(db, connection_id, sources_since(db, connection_id, since), names)


def test_the_newest_version_counts_and_what_is_gone_is_gone(distributed: Distributed) -> None:
    distributed.brings(told_charge(quantity="10"), told_charge("Fabrikam"))
    distributed.clock.advance(minutes=1)
    distributed.brings(told_charge(quantity="12.5"))
    distributed.withdraws("Fabrikam")
    found = told(distributed)
    assert [(one.organisation.key, one.quantity) for one in found.charges.values()] == [
        ("name:Contoso", Decimal("12.5"))
    ]
    assert found.sources == {"2026-11-01:Contoso", "2026-11-01:Fabrikam"}
    assert {*found.source_of.values()} == {"2026-11-01:Contoso"}
    assert told(distributed, date(2026, 11, 2)).sources == set()


def test_what_cannot_be_read_is_listed_with_its_cost(distributed: Distributed) -> None:
    odd = told_charge(quantity="2") | {"isBilled": None}
    distributed.brings(told_charge(None), odd, told_charge())
    found = told(distributed)
    assert len(found.charges) == 1
    assert [(one.problem.code, one.organisation, one.cost) for one in found.unread] == [
        ("no_organisation", "", Decimal("80.00")),
        ("not_a_charge", "Contoso", Decimal("16.00")),
    ]


def test_two_equal_charges_are_two(distributed: Distributed) -> None:  # f5
    distributed.brings(told_charge(), told_charge())
    assert len(told(distributed).charges) == 2


def test_an_organisation_is_known_by_its_id_also_under_its_former_name(distributed: Distributed) -> None:  # f4
    distributed.names(("c-1", "Contoso"), ("c-2", "Twin"), ("c-3", "Twin"))
    distributed.clock.advance(minutes=1)
    distributed.names(("c-1", "Contoso Group"))
    distributed.brings(told_charge("Contoso"), told_charge("Contoso Group"), told_charge("Twin"), told_charge("New"))
    found = told(distributed)
    assert {one.organisation.name: one.organisation.id for one in found.charges.values()} == {
        "Contoso": "c-1", "Contoso Group": "c-1", "Twin": None, "New": None,
    }  # fmt: skip
    assert found.ambiguous == {"Twin"}


def test_who_was_billed_by_name_keeps_that_key(distributed: Distributed) -> None:
    distributed.names(("c-1", "Contoso"))
    distributed.brings(told_charge())
    (charge,) = told(distributed, known=("Contoso",)).charges.values()
    assert charge.organisation.key == "name:Contoso"


def test_an_organisation_may_be_called_by_digits_only(distributed: Distributed) -> None:
    tier = {"deductionType": "PerformancePercentage", "value": "5", "unitValue": "0.40"}
    distributed.brings(told_charge("360", deductions=[tier]), told_charge("1e3"))
    found = told(distributed)
    assert {one.organisation.name: one.performance for one in found.charges.values()} == {
        "360": Decimal("0.40"), "1e3": Decimal(0),
    }  # fmt: skip
    assert found.unread == []


def test_what_is_no_charge_at_all_keeps_nobody_else_out(distributed: Distributed) -> None:
    body = {"organisation": "Contoso", "period_from": "2026-11-01", "period_to": "2026-11-30"}
    charges = [told_charge(), "nonsense", None, 7]
    distributed.tells("charges", Fact("2026-11-01:Contoso", distributed.clock(), {**body, "charges": charges}))
    found = told(distributed)
    assert (len(found.charges), [one.problem.code for one in found.unread]) == (1, ["not_a_charge"] * 3)
