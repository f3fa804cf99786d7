"""The settings of a company are kept, audited, counted; the billing mode is locked once it is used."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from qbwc_server.billing_runs.keeping import (
    ModeLocked,
    NoBillingSettings,
    change_settings,
    charge_connections,
    settings_of,
    settings_row,
)
from qbwc_server.billing_runs.models import BillingSettingsRow
from qbwc_server.db import Database
from qbwc_server.errors import Invalid
from qbwc_server.list_kinds import ListKind
from qbwc_server.tenancy.audit import audit_of
from qbwc_server.tenancy.companies import add_company, find_company
from tests.qbwc_server.billing_runs.distributor import ANN, Distributed, told

NOW = datetime(2026, 10, 20, tzinfo=UTC)
SAID = {"mode": "pre_bill", "day": 1, "first_day": "2026-11-01"}


def say(distributed: Distributed, **changes: Any) -> BillingSettingsRow:
    with distributed.database.transaction() as db:
        company = find_company(db, distributed.code)
        return change_settings(db, company, changes, by=ANN, now=distributed.clock())


def test_without_settings_nobody_bills(distributed: Distributed) -> None:
    with distributed.database.reading() as db, pytest.raises(NoBillingSettings):
        settings_of(db, distributed.id)
    with pytest.raises(Invalid, match="day: The value is missing"):
        say(distributed, mode="pre_bill")


def test_they_are_counted_audited_and_taken_back(distributed: Distributed) -> None:
    say(distributed, **SAID)
    say(distributed, day=31, annual="twelfths")
    say(distributed, day=31)  # as it was
    say(distributed, annual=None)
    with distributed.database.reading() as db:
        settings = settings_of(db, distributed.id)
        assert (settings.day, settings.annual.value, settings_row(db, distributed.id).version) == (31, "once", 3)
        newest, changed, first = audit_of(db, company_id=distributed.id)[:3]
    assert (newest.before, newest.after) == ({"annual": "twelfths"}, {"annual": "once"})
    assert (changed.before, changed.after) == ({"day": 1, "annual": "once"}, {"day": 31, "annual": "twelfths"})
    assert (first.before, first.after and first.after["mode"], first.by) == (None, "pre_bill", ANN)


def test_the_mode_is_locked_until_the_distributor_is_disconnected(distributed: Distributed) -> None:  # S4-14
    say(distributed, **SAID)
    with pytest.raises(ModeLocked):
        say(distributed, mode="post_bill")
    distributed.clock.advance(minutes=1)
    distributed.disconnect()
    say(distributed, mode="post_bill")
    distributed.clock.advance(minutes=1)
    say(distributed, mode="pre_bill")
    say(distributed, mode="post_bill")
    distributed.disconnect(connected=True)
    with pytest.raises(ModeLocked):
        say(distributed, mode="pre_bill")
    say(distributed, mode="post_bill", day=2)


def test_a_mistyped_mode_is_corrected_until_something_is_connected_or_billed(distributed: Distributed) -> None:
    distributed.disconnect()
    distributed.clock.advance(minutes=1)
    say(distributed, **SAID)
    say(distributed, mode="post_bill")
    say(distributed, mode="pre_bill")
    distributed.run(date(2026, 11, 1))
    with pytest.raises(ModeLocked, match="a day was billed by it"):
        say(distributed, mode="post_bill")
    distributed.clock.advance(minutes=1)
    distributed.disconnect(connected=True)
    with pytest.raises(ModeLocked, match="while a distributor is connected"):
        say(distributed, mode="post_bill")
    distributed.disconnect()
    say(distributed, mode="post_bill")


def test_a_mode_said_where_nothing_was_ever_connected_is_corrected(database: Database) -> None:
    with database.transaction() as db:
        company = add_company(db, code="new", name="New", time_zone="America/New_York", now=NOW)
        change_settings(db, company, SAID, by=ANN, now=NOW)
        change_settings(db, company, {"mode": "post_bill"}, by=ANN, now=NOW)


def test_a_class_is_one_of_the_lists(distributed: Distributed) -> None:
    with pytest.raises(Invalid, match="no active class called 'Cloud'"):
        say(distributed, **SAID, class_name="Cloud")
    distributed.shows(ListKind.CLASS, told("80000001-1", "Cloud"))
    say(distributed, **SAID, class_name="Cloud")
    with distributed.database.reading() as db:
        assert settings_of(db, distributed.id).class_name == "Cloud"


def test_a_distributor_is_who_brings_charges(distributed: Distributed) -> None:
    with distributed.database.reading() as db:
        assert [one.id for one in charge_connections(db, distributed.id)] == [distributed.connection_id]
    distributed.disconnect()
    with distributed.database.reading() as db:
        assert charge_connections(db, distributed.id) == []
        assert len(charge_connections(db, distributed.id, connected=False)) == 1
