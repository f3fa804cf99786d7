"""What was billed of a charge stands as long as its documents are not excluded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from qbwc_server.billing.days import Period
from qbwc_server.billing_runs.billed import BilledUp, billed_by, charge_from, charge_record, names_billed
from qbwc_server.documents.models import DocumentRow
from qbwc_server.posting.people.exclude import exclude, restore
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.billing.charged import charge
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told_charge

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def test_a_charge_is_kept_whole() -> None:
    one = charge(Period(NOVEMBER, date(2026, 11, 30)), "3.00001", "7.77")
    assert charge_from(charge_record(one)) == one


def billed(distributed: Distributed) -> BilledUp:
    with distributed.database.reading() as db:
        return billed_by(db, distributed.connection_id, {"2026-11-01:Contoso"}, {"name:Contoso"})


def act(distributed: Distributed, position: int, *, back: bool = False) -> None:
    with distributed.database.transaction() as db:
        row = db.get_one(DocumentRow, distributed.documents()[position].id)
        done = restore if back else exclude
        done(db, find_company(db, distributed.code), row, by=ANN, now=distributed.clock())


def test_a_correction_counts_from_what_was_billed_before(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    distributed.clock.advance(days=31)
    distributed.brings(told_charge(quantity="8"))
    distributed.run(DECEMBER)
    (one,) = billed(distributed).parts.values()
    assert (one.quantity, one.factor, one.price) == (Decimal(8), Fraction(1), Decimal("12.00"))
    act(distributed, 1)  # the correction is taken back: ten are billed
    (one,) = billed(distributed).parts.values()
    assert one.quantity == 10
    act(distributed, 1, back=True)
    act(distributed, 0)  # the first is taken back: only the correction stands, two less than nothing
    (one,) = billed(distributed).parts.values()
    assert one.quantity == -2


def test_what_is_not_read_is_not_said_to_be_billed(distributed: Distributed) -> None:
    distributed.usual()
    distributed.brings(told_charge())
    distributed.run(NOVEMBER)
    with distributed.database.reading() as db:
        assert billed_by(db, distributed.connection_id, {"2026-12-01:Contoso"}, {"name:Contoso"}).parts == {}
        assert names_billed(db, [distributed.connection_id]) == {"Contoso"}
