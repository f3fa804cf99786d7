"""``qbwc-server documents``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from qbwc_server.cli.documents import read_options
from qbwc_server.db import Database
from qbwc_server.documents import store
from qbwc_server.documents.lifecycle import Event, Reason, State
from qbwc_server.errors import Invalid, NotFound
from qbwc_server.posting.requests import Purpose
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.actor import Actor, ActorKind
from tests.qbwc_server.cli.conftest import INVOICE, CommandLine, Import

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def invoice(number: int, **more: Any) -> dict[str, Any]:
    return {**INVOICE, "origin": f"shop:{number}", "number": str(number), **more}


def force(database: Database, document: int, event: Event, **values: Any) -> None:
    """What QuickBooks or a session would have done to a document."""
    with database.transaction() as db:
        row = store.find(db, 1, document)
        for name, value in values.items():
            setattr(row, name, value)
        store.move(db, row, event, by=Actor(ActorKind.PERSON, "test"), now=NOW)


def test_import_says_what_came_in(bring_in: Import, run: CommandLine) -> None:
    report = bring_in(invoice(1), invoice(2))
    assert (report["documents"], report["added"], report["submitted"], report["problems"]) == (2, 2, 2, 0)
    again = bring_in(invoice(1), invoice(2))
    assert (again["added"], again["same"]) == (0, 2)
    text = run("documents", "import", "acme", "documents.jsonl")
    assert text.exit_code == 0
    first, counts, note = text.stdout.splitlines()
    assert (first, counts) == ("documents.jsonl (JSON Lines): 2 documents", "  2 there already")
    assert note.startswith("  Note: The same file came in before, 20")
    shown = run("connection", "show", "acme", "1").stdout
    assert "Run by uploads" in shown
    assert shown.count("done: documents.jsonl, the same as before") == 2
    assert run("connection", "run", "acme", "1").exit_code == 4


def test_import_with_a_bad_row_takes_the_rest_and_says_so_by_status(bring_in: Import, run: CommandLine) -> None:
    report = bring_in(invoice(1), {"kind": "invoice"}, invoice(3), code=1)
    assert (report["added"], report["problems"], report["needs_a_person"]) == (2, 1, True)
    assert {finding["line"] for finding in report["findings"]} == {2}
    text = run("documents", "import", "acme", "documents.jsonl")
    assert text.exit_code == 1
    assert "Line 2, problem: " in text.stdout


def test_import_for_review_submits_nothing(bring_in: Import, run: CommandLine) -> None:
    report = bring_in(invoice(1), options=("--for-review",))
    assert (report["submitted"], report["for_review"]) == (0, 1)
    listed = run.json("documents", "list", "acme", "--state", "for_review")["documents"]
    assert [each["origin"] for each in listed] == ["shop:1"]


def test_import_of_another_content_is_a_problem_unless_revising(bring_in: Import) -> None:
    bring_in(invoice(1))
    report = bring_in(invoice(1, memo="other"), code=1)
    assert report["findings"][0]["code"] == "origin_conflict"


def test_many_problems_are_shortened(run: CommandLine, acme: str) -> None:
    lines = [json.dumps({**invoice(n), "date": f"day {n}"}) for n in range(30)]
    Path("many.jsonl").write_text("\n".join(lines), encoding="utf-8")
    shown = run("documents", "import", "acme", "many.jsonl").stdout
    assert shown.count("problem: ") == 20
    assert "and 10 more; --json lists them" in shown
    assert shown.count("Write it as text") == 1  # advice is said once


def test_what_is_wrong_in_many_lines_is_said_once(acme: str, run: CommandLine) -> None:
    Path("many.jsonl").write_text('{"kind": "invoice", "origin": "a"}\n' * 30, encoding="utf-8")
    shown = run("documents", "import", "acme", "many.jsonl").stdout
    assert "Lines 1, 2, 3, 4, 5 and 25 more, problem: date: The value is missing." in shown
    assert "more; --json" not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("acme", "absent.jsonl"), 3, "There is no file"),
        (("nobody", "some.jsonl"), 3, "no company"),
        (("acme", "some.jsonl", "--format", "ledger"), 4, "no format 'ledger'"),
        (("acme", "some.jsonl", "--options", "colour=red"), 4, "colour"),
        (("acme", "some.jsonl", "--options", "absent.toml"), 3, "options file"),
        (("acme", "strange.txt"), 4, "none of the known formats"),
    ],
)
def test_import_refuses(run: CommandLine, acme: str, arguments: tuple[str, ...], code: int, message: str) -> None:
    Path("some.jsonl").write_text(json.dumps(INVOICE), encoding="utf-8")
    Path("strange.txt").write_text("hello", encoding="utf-8")
    result = run("documents", "import", *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""


def test_options_come_from_files_and_from_the_command_line(tmp_path: Path) -> None:
    toml, plain = tmp_path / "a.toml", tmp_path / "b.json"
    toml.write_text('use_sku = false\n[items]\nA = "B"\n', encoding="utf-8")
    plain.write_text('{"tip_item": "Tip"}', encoding="utf-8")
    given = [str(toml), str(plain), "tip_item=Tips", 'items={"C": "D"}', "deposit_to="]
    assert read_options(given) == {"use_sku": False, "tip_item": "Tips", "items": {"C": "D"}, "deposit_to": ""}
    assert read_options(["name={not json"]) == {"name": "{not json"}


@pytest.mark.parametrize("content", ["{", "[1]", "\x00"])
def test_an_options_file_that_cannot_be_read(tmp_path: Path, content: str) -> None:
    path = tmp_path / "options.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Invalid, match="options file"):
        read_options([str(path)])
    with pytest.raises(NotFound):
        read_options([str(tmp_path / "absent.json")])


def test_list_goes_page_by_page(bring_in: Import, run: CommandLine) -> None:
    bring_in(*(invoice(number) for number in range(1, 6)))
    first = run.json("documents", "list", "acme", "--limit", 3)
    assert [each["number"] for each in first["documents"]] == ["1", "2", "3"]
    second = run.json("documents", "list", "acme", "--limit", 3, "--after", first["next"])
    assert [each["number"] for each in second["documents"]] == ["4", "5"]
    assert second["next"] is None
    assert f"--after {first['next']}" in run("documents", "list", "acme", "--limit", 3).stderr
    assert run.json("documents", "list", "acme", "--limit", 5)["next"] is None


def test_list_by_state_and_kind(bring_in: Import, run: CommandLine) -> None:
    receipt = {**INVOICE, "kind": "sales_receipt", "origin": "till:1"}
    bring_in(invoice(1), receipt)
    assert len(run.json("documents", "list", "acme", "--kind", "sales_receipt")["documents"]) == 1
    assert run.json("documents", "list", "acme", "--state", "posted", "--state", "failed")["documents"] == []
    assert run("documents", "list", "acme", "--state", "posted").stdout == "No documents.\n"
    assert "Kern Lighting" in run("documents", "list", "acme").stdout
    assert run("documents", "list", "acme", "--state", "lost").exit_code == 2


def test_list_by_origin_and_number(bring_in: Import, run: CommandLine) -> None:
    bring_in(*({**INVOICE, "origin": f"shop:{number}", "number": str(number)} for number in (1001, 1002)))

    def origins(*options: str) -> list[str]:
        return [row["origin"] for row in run.json("documents", "list", "acme", *options)["documents"]]

    assert origins("--origin", "shop:1002") == origins("--number", "1002") == ["shop:1002"]
    assert origins("--number", "1003") == []


def test_list_for_programs_has_stable_keys(bring_in: Import, run: CommandLine) -> None:
    bring_in(invoice(1))
    (listed,) = run.json("documents", "list", "acme")["documents"]
    assert {
        "id",
        "origin",
        "kind",
        "number",
        "date",
        "party",
        "party_kind",
        "total",
        "state",
        "revision",
        "reason",
        "message",
        "advice",
        "txn_id",
        "posted_number",
        "posted_at",
        "created_at",
        "changed_at",
    } <= set(listed)
    assert (listed["total"], listed["date"], listed["state"]) == ("36.00", "2026-03-02", "submitted")


def test_show_tells_everything_of_a_waiting_document(bring_in: Import, run: CommandLine) -> None:
    bring_in(invoice(1))
    text = run("documents", "show", "acme", 1).stdout
    for part in ("invoice, origin shop:1, revision 1", "submitted", "Seat", "36.00", "InvoiceAdd", "not sent yet"):
        assert part in text
    shown = run.json("documents", "show", "acme", 1)
    assert shown["body"]["lines"][0]["item"] == "Seat"
    assert shown["proof"]["history"][0]["event"] == "created"
    assert shown["proof"]["requests"][0]["message"] == "InvoiceAdd"


def test_show_tells_why_a_document_failed(bring_in: Import, run: CommandLine, cli_database: Database) -> None:
    bring_in(invoice(1))
    force(cli_database, 1, Event.REFUSED, message="QuickBooks lacks Seat.", advice="Add it.", reason="list_entry")
    text = run("documents", "show", "acme", 1).stdout
    assert "QuickBooks lacks Seat." in text
    assert "Add it." in text


def test_show_a_payment(bring_in: Import, run: CommandLine) -> None:
    payment = {
        "kind": "payment",
        "origin": "pay:1",
        "date": "2026-03-03",
        "customer": "Kern Lighting",
        "amount": "36.00",
        "applies_to": [{"invoice": "shop:1", "amount": "36.00"}],
    }
    free = {**payment, "origin": "pay:2", "applies_to": []}
    bring_in(invoice(1), payment, free)
    assert "shop:1" in run("documents", "show", "acme", 2).stdout
    assert "QuickBooks applies it" in run("documents", "show", "acme", 3).stdout


@pytest.mark.parametrize("command", ["show", "submit", "exclude", "restore", "void"])
def test_an_unknown_document_is_not_found(run: CommandLine, acme: str, command: str) -> None:
    result = run("documents", command, "acme", 99)
    assert result.exit_code == 3
    assert "no document 99" in result.stderr


def test_a_number_that_no_document_can_have_is_a_matter_of_usage(run: CommandLine, acme: str) -> None:
    for number in ("0", "-1", str(2**63), "one"):
        assert run("documents", "show", "acme", number).exit_code == 2
    assert run("documents", "show", "acme", 2**63 - 1).exit_code == 3


def test_submit_after_a_refusal(bring_in: Import, run: CommandLine, cli_database: Database) -> None:
    bring_in(invoice(1), invoice(2))
    for document in (1, 2):
        force(cli_database, document, Event.REFUSED)
    answer = run.json("documents", "submit", "acme", 1)
    assert [each["id"] for each in answer["submitted"]] == [1]
    assert run("documents", "submit", "acme", "--failed").stdout == "1 submitted, 0 not ready.\n"
    assert run("documents", "submit", "acme", "--failed").stdout == "0 submitted, 0 not ready.\n"


def test_submit_names_what_is_still_missing(bring_in: Import, run: CommandLine) -> None:
    bring_in(invoice(1), invoice(2, total="1.00"), options=("--for-review",), code=1)
    result = run("documents", "submit", "acme", "--reviewed")
    assert result.exit_code == 1
    assert result.stdout.startswith("1 submitted, 1 not ready.\n  2: ")
    answer = run.json("documents", "submit", "acme", 2, code=1)
    assert answer["not_ready"][0]["reason"] == "does_not_foot"


def test_submit_needs_to_know_what(run: CommandLine, acme: str) -> None:
    assert run("documents", "submit", "acme").exit_code == 2
    assert run("documents", "submit", "acme", 1, "--failed").exit_code == 2


def test_submit_of_what_waits_already_is_refused(bring_in: Import, run: CommandLine) -> None:
    bring_in(invoice(1))
    result = run("documents", "submit", "acme", 1)
    assert result.exit_code == 4
    assert "document_state: " in result.stderr


def test_exclude_and_restore(bring_in: Import, run: CommandLine) -> None:
    bring_in(invoice(1), invoice(2))
    assert run("documents", "exclude", "acme", 1, 2).stdout.splitlines() == [
        "Invoice 1 for Kern Lighting, 36.00 (document 1) is excluded; it is excluded now.",
        "Invoice 2 for Kern Lighting, 36.00 (document 2) is excluded; it is excluded now.",
    ]
    restored = run.json("documents", "restore", "acme", 1)
    assert [each["state"] for each in restored["documents"]] == ["for_review"]
    history = run.json("documents", "show", "acme", 1)["proof"]["history"]
    assert "command line" in history[-1]["by"]


def test_several_documents_are_excluded_together_or_not_at_all(bring_in: Import, run: CommandLine) -> None:
    bring_in(invoice(1))
    assert run("documents", "exclude", "acme", 1, 99).exit_code == 3
    assert run.json("documents", "show", "acme", 1)["state"] == "submitted"


def test_void_of_a_posted_document(bring_in: Import, run: CommandLine, cli_database: Database) -> None:
    bring_in(invoice(1))
    assert run("documents", "void", "acme", 1, "--yes").exit_code == 4
    force(cli_database, 1, Event.POSTED, txn_id="1A-1", edit_sequence="1", posted_at=NOW)
    assert "TxnID 1A-1" in run("documents", "show", "acme", 1).stdout
    asked = run("documents", "void", "acme", 1, typed="n\n")
    assert "Void this in QuickBooks?" in asked.stdout
    assert run.json("documents", "show", "acme", 1)["state"] == "posted"
    done = run("documents", "void", "acme", 1, typed="y\n").stdout
    assert "(document 1) will be void after the next update; it is submitted now." in done
    assert "stays in the books; it is posted now." in run("documents", "keep", "acme", 1).stdout


def test_decide_what_became_of_a_document(bring_in: Import, run: CommandLine, cli_database: Database) -> None:
    bring_in(invoice(1), invoice(2))
    for document in (1, 2):
        force(cli_database, document, Event.HELD, reason=Reason.OUTCOME_UNKNOWN.value)
    with cli_database.transaction() as db:  # sent, looked for, and not to be decided by what was found
        posts = update(QueuedRequest).where(QueuedRequest.purpose == Purpose.POST)
        db.execute(posts.values(state=RequestState.DISPUTED))
    assert run("documents", "decide", "acme", 1).exit_code == 2
    assert run("documents", "decide", "acme", 1, "--not-posted", "--posted-as", "1A-1").exit_code == 2
    assert run("documents", "decide", "acme", 1, "--posted-as", "x").exit_code == 4
    assert run("documents", "decide", "acme", 1, "--posted-as", "1A-1", "--confirm").exit_code == 4  # nothing was shown
    decided = run.json("documents", "decide", "acme", 1, "--posted-as", "1A-1")["documents"][0]
    assert (decided["state"], decided["txn_id"]) == (State.POSTED.value, "1A-1")
    assert "submitted now" in run("documents", "decide", "acme", 2, "--not-posted").stdout
    assert run("documents", "decide", "acme", 2, "--not-posted").exit_code == 4


def test_a_document_is_written_out_edited_and_read_again(bring_in: Import, run: CommandLine) -> None:
    bring_in(invoice(1))
    said = json.loads(run("documents", "edit", "acme", 1).stdout)
    Path("edited.json").write_text(json.dumps({**said, "memo": "seen"}), encoding="utf-8")
    assert run.json("documents", "edit", "acme", 1, "edited.json")["state"] == State.FOR_REVIEW.value
    assert json.loads(run("documents", "edit", "acme", 1).stdout)["memo"] == "seen"
    assert run("documents", "edit", "acme", 1, "edited.json", "--revision", 0).exit_code == 4
    Path("edited.json").write_text("[]", encoding="utf-8")
    assert run("documents", "edit", "acme", 1, "edited.json").exit_code == 4
