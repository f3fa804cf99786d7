"""Switches of offers and organisations: the narrowest counts."""

from __future__ import annotations

from typing import Any

import pytest

from qbwc_server.billing_runs.settings import Makes
from qbwc_server.billing_runs.switches import switch, switches_of
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import find_company
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed


def flip(distributed: Distributed, connection_id: int | None = None, **said: Any) -> None:
    with distributed.database.transaction() as db:
        company, number = find_company(db, distributed.code), connection_id or distributed.connection_id
        switch(db, company, number, by=ANN, now=distributed.clock(), **said)


def test_the_narrowest_that_was_said_counts(distributed: Distributed) -> None:  # S4-23, S4-27
    flip(distributed, offer="Azure", synchronise=False)
    flip(distributed, organisation="id:c-1", offer="Azure", synchronise=True)
    flip(distributed, organisation="id:c-2", synchronise=False)
    flip(distributed, organisation="id:c-2", makes=Makes.UPDATE)
    with distributed.database.reading() as db:
        found = switches_of(db, [distributed.connection_id])[distributed.connection_id]
        subjects = [one.subject for one in audit_of(db, company_id=distributed.id)]
    assert found.makes == {"id:c-2": Makes.UPDATE}
    said = {(of, offer): found.synchronises(of, offer) for of in ("id:c-1", "id:c-2", "x") for offer in ("Azure", "M")}
    assert [key for key, on in said.items() if not on] == [("id:c-2", "Azure"), ("id:c-2", "M"), ("x", "Azure")]
    assert f"Azure of id:c-1, connection {distributed.connection_id}" in subjects


@pytest.mark.parametrize(
    "said",
    [{}, {"offer": "M", "makes": Makes.UPDATE}, {"organisation": "x", "offer": "M", "makes": Makes.CREATE},
     {"offer": "M" * 301, "synchronise": True}],
    ids=["nothing", "offer", "offer of one", "long"],
)  # fmt: skip
def test_what_cannot_be_said_is_refused(distributed: Distributed, said: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        flip(distributed, **said)


def test_a_connection_of_nobody_has_no_switches(distributed: Distributed) -> None:
    with pytest.raises(NotFound):
        flip(distributed, 77, offer="M", synchronise=True)
