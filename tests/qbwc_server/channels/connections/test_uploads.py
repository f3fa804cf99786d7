"""An upload is a run of a connection of files: told in the log, known by its bytes, and what stays out is set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from qbwc_server.channels import intake
from qbwc_server.channels.connections.finding import connections_of
from qbwc_server.channels.connections.models import Connection, ConnectionRun
from qbwc_server.channels.connections.running import NotRunning
from qbwc_server.channels.connections.runs import SILENT_AFTER, RunLost
from qbwc_server.channels.connections.setting_up import BadSchedule
from qbwc_server.channels.connections.states import ConnectionState, RecordState, RunOutcome
from qbwc_server.channels.connections.stopping import Unposted, disconnect, pause
from qbwc_server.channels.connections.uploads import FILE, LINE
from qbwc_server.channels.contract import Outcome
from qbwc_server.channels.files import formats
from qbwc_server.channels.files.channel import FILES
from qbwc_server.channels.files.contract import FileRefused, UnknownFormat, WrongOptions
from qbwc_server.channels.files.importing import ImportChoices, import_file
from qbwc_server.channels.report import ImportReport
from qbwc_server.documents.open_work import Ended, WorkKind, end_work, open_work
from qbwc_server.errors import NotFound
from qbwc_server.jobs.asked_for import ask_for_run
from qbwc_server.jobs.each import CONNECTION
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import ANN, Connected, Killed
from tests.channels.files.test_importing import invoice, json_lines


def upload(connected: Connected, path: Path, *, on_progress: Any = None, **choices: Any) -> ImportReport:
    said = ImportChoices(**choices)
    return import_file(connected.database, "shop", path, said, by=ANN, clock=connected.clock, on_progress=on_progress)


def written(tmp_path: Path, name: str, *values: dict[str, Any] | str) -> Path:
    return json_lines(tmp_path, *values).rename(tmp_path / name)


def set_aside(connected: Connected) -> dict[str, str]:
    """What is set aside, by its group: the origin where it is known."""
    return {
        one.group_key if one.stream == LINE else "file": one.message or ""
        for one in connected.records()
        if one.state is RecordState.SET_ASIDE
    }


def work(connected: Connected) -> list[str]:
    with connected.database.reading() as db:
        return [item.message for item in open_work(db, 1, work=WorkKind.RECORDS_SET_ASIDE)]


def test_an_upload_is_told_in_the_log_of_a_connection_that_it_makes(connected: Connected, tmp_path: Path) -> None:
    report = upload(connected, written(tmp_path, "march.jsonl", invoice("a"), invoice("b")))
    assert report.as_record()["connection"] == report.connection_id == 1
    connection, run = connected.connection(1), connected.last_run(1)
    assert (connection.channel, connection.account, connection.state) == ("files", "files", ConnectionState.RUNNING)
    assert (run.id, run.file, run.by, run.outcome) == (report.run_id, "march.jsonl", ANN, RunOutcome.DONE)
    assert (run.new, run.known, run.set_aside, run.documents["added"]) == (1, 0, 0, 2)
    (record,) = connected.records()
    assert (record.stream, record.state, record.digest) == (FILE, RecordState.DRAFTED, record.source_key)
    assert json.loads(record.body or "")["format"] == "jsonl"


def test_the_same_bytes_are_known_under_another_name(connected: Connected, tmp_path: Path) -> None:
    first = upload(connected, written(tmp_path, "march.jsonl", invoice("a")))
    came = connected.clock()
    connected.clock.advance(hours=1)
    again = upload(connected, written(tmp_path, "copy.jsonl", invoice("a")))
    assert (first.came_before, again.came_before) == (None, came)
    assert again.as_record()["came_before"] == came.isoformat()
    assert (again.counts.added, again.counts.same) == (0, 1)
    assert (connected.last_run(1).new, connected.last_run(1).known) == (0, 1)
    assert len(connected.records()) == 1
    other = upload(connected, written(tmp_path, "march.jsonl", invoice("b")))
    assert (other.came_before, other.connection_id, len(connected.records())) == (None, 1, 2)


def test_lines_that_stay_out_are_set_aside_until_they_come_in(connected: Connected, tmp_path: Path) -> None:
    wrong = written(tmp_path, "march.jsonl", invoice("a"), invoice("b", date="x", total="1,5"), "{")
    upload(connected, wrong)
    told = set_aside(connected)
    assert told["b"].startswith('march.jsonl, line 2: date: "x" is no date')
    assert "1,5" in told["b"]
    assert len(told) == 2
    assert connected.last_run(1).set_aside == 2
    (said,) = work(connected)
    assert said.startswith("2 records of Files could not be used")
    upload(connected, wrong)  # the same lines of the same file
    assert (set_aside(connected), len(work(connected))) == (told, 1)
    upload(connected, written(tmp_path, "corrected.jsonl", invoice("a"), invoice("b")))
    assert list(set_aside(connected)) == [group for group in told if group != "b"]
    assert connected.states().keys() == {"a", "b"}
    with connected.database.transaction() as db:
        (item,) = open_work(db, 1, work=WorkKind.RECORDS_SET_ASIDE)
        end_work(db, 1, item.id, Ended.DONE, by=ANN, now=connected.clock())
    upload(connected, wrong)
    assert work(connected) == []  # what a person has seen to is not asked again


def test_a_line_that_is_read_by_other_options_is_set_aside_no_more(connected: Connected, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    head = "kind,origin,date,customer,item,amount\n"
    path.write_text(f"{head}invoice,a,13/02/2026,Ann,Tea,5.00\ninvoice,b,02/13/2026,Ann,Tea,5.00\n", encoding="utf-8")
    upload(connected, path, options={"dates": "day_first"})
    assert list(set_aside(connected)) == ["b"]
    path.write_text(f"{head}invoice,c,02/13/2026,Ann,Tea,5.00\n", encoding="utf-8")
    upload(connected, path, options={"dates": "day_first"})
    assert list(set_aside(connected)) == ["b", "c"]
    upload(connected, path, options={"dates": "month_first"})
    assert list(set_aside(connected)) == ["b"]
    assert connected.states().keys() == {"a", "c"}


def test_another_content_of_a_known_origin_is_set_aside(connected: Connected, tmp_path: Path) -> None:
    upload(connected, written(tmp_path, "one.jsonl", invoice("a")))
    changed = written(tmp_path, "two.jsonl", invoice("a", memo="changed"))
    upload(connected, changed)
    assert list(set_aside(connected)) == ["a"]
    upload(connected, changed, revise=True)
    assert (set_aside(connected), work(connected)) == ({}, [])


def test_a_file_that_is_refused_is_told_and_makes_no_trouble(connected: Connected, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ann,\nthe tea was good.\n", encoding="utf-8")
    with pytest.raises(UnknownFormat) as refusal:
        upload(connected, path)
    run = connected.last_run(1)
    assert (run.file, run.outcome, run.code, run.message) == (
        "letter.txt", RunOutcome.FAILED, "unknown_format", str(refusal.value)
    )  # fmt: skip
    with pytest.raises(WrongOptions):
        upload(connected, written(tmp_path, "a.jsonl", invoice("a")), options={"colour": "blue"})
    assert connected.last_run(1).code == "wrong_options"
    assert (connected.records(), work(connected), connected.connection(1).state) == (
        [], [], ConnectionState.BEING_SET_UP
    )  # fmt: skip


def test_a_file_that_breaks_in_the_middle_is_set_aside_until_it_comes_in(
    connected: Connected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 1)
    whole = formats.FORMATS["jsonl"]

    def breaking(stream: BinaryIO, options: Any) -> Iterator[Outcome]:
        for number, outcome in enumerate(whole.read(stream, options)):
            if number == 2:
                raise FileRefused("It ends in the middle.")
            yield outcome

    path = written(tmp_path, "march.jsonl", *(invoice(name) for name in "abc"))
    with monkeypatch.context() as patch:
        patch.setitem(formats.FORMATS, "jsonl", replace(whole, read=breaking))
        with pytest.raises(FileRefused):
            upload(connected, path)
    assert set_aside(connected) == {"file": "It ends in the middle."}
    assert (connected.last_run(1).documents["added"], len(work(connected))) == (1, 1)
    assert upload(connected, path).counts.added == 2
    assert (set_aside(connected), work(connected)) == ({}, [])


def test_an_upload_that_broke_off_is_completed(
    connected: Connected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 1)
    path = written(tmp_path, "march.jsonl", *(invoice(name) for name in "abc"))

    def killed(_: object) -> None:
        raise Killed

    with pytest.raises(Killed):
        upload(connected, path, on_progress=killed)
    run = connected.last_run(1)
    assert (run.outcome, run.code, run.documents["added"]) == (RunOutcome.BROKE_OFF, "run_broke_off", 1)
    report = upload(connected, path)
    assert (report.came_before, report.counts.added, report.counts.same) == (None, 2, 1)
    assert connected.states().keys() == {"a", "b", "c"}


def test_uploads_go_on_side_by_side_and_a_silent_one_has_died(
    connected: Connected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 1)
    one = written(tmp_path, "one.jsonl", invoice("a"), invoice("b"))
    other = written(tmp_path, "other.jsonl", invoice("c"))
    seen: list[int] = []

    def beside(_: object) -> None:
        if not seen:
            seen.append(upload(connected, other).counts.added)

    assert upload(connected, one, on_progress=beside).counts.added == 2
    assert (seen, set(connected.states())) == ([1], {"a", "b", "c"})

    def late(_: object) -> None:
        connected.clock.advance(seconds=SILENT_AFTER.total_seconds() + 1)
        upload(connected, other)

    with pytest.raises(RunLost):
        upload(connected, written(tmp_path, "third.jsonl", invoice("d"), invoice("e"), invoice("f")), on_progress=late)
    with connected.database.reading() as db:
        assert [run.outcome for run in db.query(ConnectionRun).order_by(ConnectionRun.id)] == [
            RunOutcome.DONE, RunOutcome.DONE, RunOutcome.BROKE_OFF, RunOutcome.DONE
        ]  # fmt: skip


def test_what_is_paused_takes_no_file(connected: Connected, tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", invoice("a"))
    upload(connected, path)
    with connected.database.transaction() as db:
        pause(db, db.get_one(Connection, 1), by=ANN, now=connected.clock())
    with pytest.raises(NotRunning, match="paused"):
        upload(connected, path)
    with pytest.raises(NotFound, match="no connection 7 of files"):
        upload(connected, path, connection_id=7)


def test_what_came_of_files_goes_and_comes_with_the_connection(connected: Connected, tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", invoice("a"), "{")
    upload(connected, path, submit=False)
    disconnect(connected.database, "shop", 1, Unposted.REMOVE, by=ANN, clock=connected.clock)
    assert connected.states() == {"a": "excluded"}
    with pytest.raises(NotRunning, match="disconnected"):
        upload(connected, path)
    assert connected.add(FILES, {}) == 1
    before = [(one.id, one.state) for one in connected.records()]
    upload(connected, path, submit=False)
    assert connected.states() == {"a": "for_review"}
    assert [(one.id, one.state) for one in connected.records()] == before


def test_nothing_of_it_is_fetched(connected: Connected, tmp_path: Path) -> None:
    upload(connected, written(tmp_path, "a.jsonl", invoice("a"), "{"))
    with pytest.raises(NotRunning, match="its runs are uploads") as refusal:
        connected.run(1)
    assert "documents import" in refusal.value.advice
    with connected.database.transaction() as db:
        with pytest.raises(NotRunning):
            ask_for_run(db, db.get_one(Connection, 1), now=connected.clock())
        assert list(CONNECTION.subjects(db)) == []
    with pytest.raises(BadSchedule):
        connected.change(1, {}, every_minutes=5)
    connected.change(1, {}, every_minutes=0, title="Till")  # what was set aside waits for the next file
    assert [one.state for one in connected.records()] == [RecordState.DRAFTED, RecordState.SET_ASIDE]


def test_a_connection_of_files_says_how_they_are_read(connected: Connected, tmp_path: Path) -> None:
    assert connected.add(FILES, {"name": "till", "format": "csv", "settings": {"dates": "day_first"}}) == 1
    path = tmp_path / "sales.csv"
    head = "kind,origin,date,customer,item,amount\n"
    path.write_text(f"{head}invoice,a,02/03/2026,Ann,Tea,5.00\n", encoding="utf-8")
    assert upload(connected, path, connection_id=1).counts.added == 1
    path.write_text(f"{head}invoice,b,13/02/2026,Ann,Tea,5.00\n", encoding="utf-8")
    assert upload(connected, path, connection_id=1, options={"dates": "month_first"}).counts.problems == 1
    upload(connected, path)
    with connected.database.reading() as db:
        rows = connections_of(db, find_company(db, "shop").id)
        assert [(one.id, one.account) for one in rows] == [(1, "till"), (2, "files")]


def test_kinds_that_one_may_not_bring_stay_out(connected: Connected, tmp_path: Path) -> None:
    receipt = {**invoice("r"), "kind": "sales_receipt"}
    path = written(tmp_path, "a.jsonl", invoice("a"), receipt)
    report = upload(connected, path, may_bring=lambda kind: kind == "invoice")
    assert (report.counts.added, report.counts.problems) == (1, 1)
    assert [one.problem.code for one in report.findings] == ["not_allowed"]
    assert (set(connected.states()), list(set_aside(connected))) == ({"a"}, ["r"])
    upload(connected, path)
    assert (set(connected.states()), set_aside(connected)) == ({"a", "r"}, {})
