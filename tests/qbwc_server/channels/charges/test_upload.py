"""Charges from files bring the same facts as an API does; a half of a file is never kept (the fallback of part e)."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date

import pytest

from qbwc_server.billing.charges import charge_of
from qbwc_server.billing.days import Period
from qbwc_server.channels.charges.options import ChargeFileOptions
from qbwc_server.channels.charges.upload import NoCharges, upload_charges
from qbwc_server.channels.connections.running import NotRunning
from qbwc_server.channels.connections.states import ConnectionState, RecordState, RunOutcome
from qbwc_server.channels.connections.stopping import Unposted, disconnect
from qbwc_server.channels.feed.channel import FEED
from qbwc_server.channels.files.contract import FileRefused
from qbwc_server.channels.sherweb.channel import SHERWEB
from qbwc_server.documents.open_work import WorkKind, open_work
from qbwc_server.errors import Invalid
from qbwc_server.simulator.distributor.answering import Distributor
from qbwc_server.simulator.distributor.charging import Charging
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN, Killed, KilledAt
from tests.qbwc_server.channels.charges.conftest import HEADER, Uploading, file_of, row

_OPTIONS = ChargeFileOptions()
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def test_each_organisation_is_a_fact_and_known_when_it_is_told_again(uploading: Uploading) -> None:
    file = file_of(row("Contoso"), row("Fabrikam", "2.5"), row("Contoso", sku="BACKUP"))
    first = uploading(file)
    assert (first.new, first.changed, first.known, first.set_aside) == (2, 0, 0, 0)
    again = uploading(file)
    assert (again.new, again.changed, again.known) == (0, 0, 2)
    body = uploading.bodies()["2026-11-01:Contoso"]
    assert (body["organisation"], body["period_from"], body["period_to"]) == ("Contoso", "2026-11-01", "2026-11-30")
    read = [charge_of(one, NOVEMBER, {}) for one in body["charges"]]
    assert sorted(one.offer for one in read) == ["BACKUP", "M365"]
    assert {(str(one.net_price), str(one.net_price_prorated), one.is_billed) for one in read} == {
        ("8.25", "8.25", True)
    }
    run = uploading.connected.last_run(uploading.connection)
    assert (run.outcome, run.file, run.known) == (RunOutcome.DONE, "invoice.csv", 2)
    assert uploading.connected.connection(uploading.connection).state is ConnectionState.RUNNING


def test_a_file_takes_the_place_of_what_was_told_of_its_organisations(uploading: Uploading) -> None:
    uploading(file_of(row("Contoso"), row("Fabrikam"), row("Contoso", month="10")))
    uploading(file_of(row("Contoso", 9)))
    assert uploading.quantities() == {
        "2026-10-01:Contoso": [5],
        "2026-11-01:Contoso": [9],
        "2026-11-01:Fabrikam": [5],
    }
    report = uploading(file_of(row("Contoso", 9)), whole=True)
    assert report.changed == 1
    assert uploading.quantities() == {"2026-10-01:Contoso": [5], "2026-11-01:Contoso": [9]}


def test_a_period_that_is_said_holds_all_charges(uploading: Uploading) -> None:
    uploading(file_of(row("Contoso"), row("Contoso", month="12")), period_from="2026-11-15", period_to="2026-12-14")
    assert uploading.quantities() == {"2026-11-15:Contoso": [5, 5]}


@pytest.mark.parametrize(
    "period",
    [
        {"period_from": "2026-11-15"}, {"period_to": "2026-11-15"},
        {"period_from": "2026-11-02", "period_to": "2026-11-01"},
    ],
    ids=["no end", "no beginning", "backwards"],
)  # fmt: skip
def test_a_half_of_a_period_is_none(uploading: Uploading, period: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="first and its last day"):
        uploading(file_of(row("Contoso")), **period)
    assert uploading.connected.last_run(uploading.connection).outcome is RunOutcome.FAILED


def test_the_document_of_an_api_is_taken_whole(uploading: Uploading) -> None:
    charging = Charging()
    for name in ("Contoso", "Fabrikam"):
        charging.add(NOVEMBER.first, name)
    told = json.dumps(charging.payable(NOVEMBER.first), default=float)
    assert uploading(told, "charges.json").new == 2
    charging.take_away(NOVEMBER.first, "Fabrikam")
    uploading(b"\xef\xbb\xbf  " + json.dumps(charging.payable(NOVEMBER.first), default=float).encode())
    assert set(uploading.bodies()) == {"2026-11-01:Contoso"}


def test_a_row_that_cannot_be_read_costs_no_other_and_is_open_work(uploading: Uploading) -> None:
    broken = ["Fabrikam,X,Recurring,Monthly,2026-11-01,2026-11-30,many,1", 'Contoso,"X"Y,Recurring', "Contoso,X,,,,,,"]
    report = uploading(file_of(row("Contoso"), *broken, row("Northwind")))
    assert report.set_aside == 3
    assert any("Line 3: quantity" in one.message for one in report.problems)
    assert set(uploading.bodies()) == {"2026-11-01:Contoso", "2026-11-01:Fabrikam", "2026-11-01:Northwind"}
    aside = [one for one in uploading.connected.records() if one.state is RecordState.SET_ASIDE]
    assert len(aside) == 3
    with uploading.connected.database.reading() as db:
        (work,) = open_work(db, find_company(db, "shop").id, work=WorkKind.RECORDS_SET_ASIDE)
    assert work.message.startswith("3 records")


def test_a_charge_without_an_organisation_is_kept_as_an_orphan(uploading: Uploading) -> None:
    assert uploading(file_of(row(""), row("Contoso"))).set_aside == 0
    assert set(uploading.bodies()) == {"2026-11-01:", "2026-11-01:Contoso"}


def test_a_file_that_lacks_rows_never_tells_all(uploading: Uploading) -> None:
    uploading(file_of(row("Contoso"), row("Fabrikam")))
    with pytest.raises(FileRefused, match="does not tell all"):
        uploading(file_of(row("Contoso"), 'x,"X"Y,Recurring'), whole=True)
    assert len(uploading.bodies()) == 2


@pytest.mark.parametrize(
    "content",
    ["", "a,b\n1,2\n", f"{HEADER},Customer\n", "{", '{"charges": 7}', HEADER.replace("Quantity", "Number") + "\n"],
    ids=["empty", "other", "twice", "half", "no period", "without quantity"],
)
def test_a_file_of_something_else_is_refused_whole(uploading: Uploading, content: str) -> None:
    with pytest.raises(FileRefused):
        uploading(content)
    assert uploading.bodies() == {}
    run = uploading.connected.last_run(uploading.connection)
    assert (run.outcome, run.file) == (RunOutcome.FAILED, "invoice.csv")


def test_what_dates_and_numbers_mean_is_proved_or_said(uploading: Uploading) -> None:
    header = HEADER.replace(",", ";")
    line = "Contoso;M365;Recurring;Monthly;01/11/2026;{};5;8,25"
    uploading("\n".join([header, line.format("30/11/2026")]) + "\n")  # the 30th proves which comes first
    (told,) = uploading.bodies()["2026-11-01:Contoso"]["charges"]
    assert (told["periodFrom"], told["netPrice"]) == ("2026-11-01", "8.25")
    report = uploading("\n".join([header, line.format("11/11/2026")]) + "\n")
    assert any("dates=day_first" in one.advice for one in report.problems)
    assert report.set_aside == 1


@pytest.mark.parametrize("committed", [False, True])
def test_killed_at_every_step_a_file_is_here_whole_or_not_at_all(uploading: Uploading, committed: bool) -> None:
    path = uploading.folder / "new.csv"
    uploading(file_of(row("Contoso"), row("Fabrikam")))
    for at in range(1, 4):
        path.write_text(file_of(row("Contoso", at * 10), row("Fabrikam", at * 10)))
        before, clock = uploading.quantities(), uploading.connected.clock
        database = KilledAt(uploading.connected.database, at, committed=committed)
        clock.advance(hours=1)
        with suppress(Killed):
            upload_charges(database, "shop", uploading.connection, path, _OPTIONS, by=ANN, clock=clock)  # type: ignore[arg-type]
        after = {"2026-11-01:Contoso": [at * 10], "2026-11-01:Fabrikam": [at * 10]}
        assert uploading.quantities() in (before, after)
        clock.advance(hours=1)
        upload_charges(uploading.connected.database, "shop", uploading.connection, path, _OPTIONS, by=ANN, clock=clock)
        assert uploading.quantities() == after


def test_the_connection_of_the_api_takes_files_and_its_state_stays(uploading: Uploading) -> None:
    options = Distributor(Charging()).options("https://api.example.com")
    uploading.connection = uploading.connected.add(SHERWEB, options)
    assert uploading(file_of(row("Contoso"))).new == 1
    assert uploading.connected.connection(uploading.connection).state is ConnectionState.BEING_SET_UP


def test_who_takes_no_charges_says_so(uploading: Uploading) -> None:
    feed = uploading.connected.add(FEED, {"address": "https://shop.example.com", "name": "tea"})
    charges, uploading.connection = uploading.connection, feed
    with pytest.raises(NoCharges):
        uploading(file_of(row("Contoso")))
    uploading.connection = charges
    disconnect(uploading.connected.database, "shop", charges, Unposted.KEEP, by=ANN, clock=uploading.connected.clock)
    with pytest.raises(NotRunning):
        uploading(file_of(row("Contoso")))


def test_nothing_is_fetched(uploading: Uploading) -> None:
    with pytest.raises(NotRunning) as refused:
        uploading.connected.run(uploading.connection)
    assert "connection upload" in refused.value.advice
