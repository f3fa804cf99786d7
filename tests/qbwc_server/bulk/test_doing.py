"""Bulk actions at work: each document once with its result, killed anywhere, taken back as far as nothing has left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from qbwc_server.bulk import doing
from qbwc_server.bulk.asking import NothingFound, NotToUndo, ask_for_bulk, ask_for_undo, counts_of, find_bulk, items_of
from qbwc_server.bulk.doing import do_bulk, purge_bulk, work_off_bulk
from qbwc_server.bulk.filters import Filter, read_filter
from qbwc_server.bulk.models import BulkItem, BulkState, ItemState
from qbwc_server.db import Database
from qbwc_server.documents.history import history
from qbwc_server.documents.kinds import read_document
from qbwc_server.documents.lifecycle import NotNow, State
from qbwc_server.documents.models import DocumentRow
from qbwc_server.documents.store import by_origin
from qbwc_server.errors import Invalid
from qbwc_server.posting.submitting import submit as submitting
from qbwc_server.posting.submitting.hand_in import hand_in
from qbwc_server.queue.models import QueuedRequest
from qbwc_server.queue.states import RequestState
from qbwc_server.tenancy.companies import find_company
from tests.channels.connected import Killed, KilledAt
from tests.conftest import TurnableClock
from tests.qbwc_server.mapping.worded import ANN, Worded


@pytest.fixture
def shop(database: Database, clock: TurnableClock) -> Worded:
    """A company whose source says words."""
    return Worded(database, clock)


def sale(origin: str, **more: Any) -> dict[str, Any]:
    lines = [{"item": "Tea", "amount": "5.00"}]
    of = {"kind": "sales_receipt", "origin": origin, "date": "2026-03-02", "customer": "Ann"}
    return {**of, "lines": lines, **more}


def brings(shop: Worded, *records: dict[str, Any], submit: bool = False) -> None:
    with shop.database.transaction() as db:
        company = find_company(db, shop.code)
        documents = [read_document(one) for one in records]
        hand_in(db, company, documents, by=ANN, now=shop.clock(), submit_now=submit)


def asks(shop: Worded, code: str, to: dict[str, Any] | None = None, **chosen: Any) -> int:
    with shop.database.transaction() as db:
        company = find_company(db, shop.code)
        return ask_for_bulk(db, company, code, Filter(**chosen), to=to, by=ANN, now=shop.clock()).id


def undoes(shop: Worded, bulk: int) -> int:
    with shop.database.transaction() as db:
        return ask_for_undo(db, find_company(db, shop.code), bulk, by=ANN, now=shop.clock()).id


def does(shop: Worded, bulk: int, database: Any = None) -> dict[str, str]:
    """Do it; the results by origin: done, or the code of the refusal."""
    do_bulk(database or shop.database, bulk, clock=shop.clock)
    with shop.database.reading() as db:
        assert find_bulk(db, shop.id, bulk).state is BulkState.DONE
        rows = {one.document_id: one for one in items_of(db, bulk, limit=1000)}
        origins = {shop.document(origin).id: origin for origin in origins_of(shop)}
        return {origins[number]: one.code or one.state.value for number, one in rows.items()}


def origins_of(shop: Worded) -> list[str]:
    with shop.database.reading() as db:
        return list(db.scalars(select(DocumentRow.origin).where(DocumentRow.company_id == shop.id)))


def test_submit_and_what_cannot_be_submitted_says_why(shop: Worded) -> None:
    brings(shop, sale("a"), sale("b", total="5.01"), sale("c", number="7"), sale("d", number="7"))
    results = does(shop, asks(shop, "submit", states=(State.FOR_REVIEW,)))
    assert results == {"a": "done", "b": "does_not_foot", "c": "done", "d": "document_state"}  # d: a question is asked
    assert (shop.state("a"), shop.state("b"), shop.state("d")) == ("submitted", "for_review", "for_review")
    assert does(shop, asks(shop, "submit", reason="same_number")) == {
        "d": "done"
    }  # it is answered by asking for just that


def test_exclude_and_restore_by_a_filter(shop: Worded) -> None:
    brings(shop, sale("feed:a:1"), sale("feed:a:2", customer="Bob"), sale("feed:b:1"))
    assert does(shop, asks(shop, "exclude", origin="feed:a:")) == {"feed:a:1": "done", "feed:a:2": "done"}
    assert does(shop, asks(shop, "restore", text="bo")) == {"feed:a:2": "done"}
    assert [shop.state(origin) for origin in ("feed:a:1", "feed:a:2", "feed:b:1")] == [
        "excluded", "for_review", "for_review",
    ]  # fmt: skip


def test_what_somebody_else_has_done_meanwhile_is_left_alone(shop: Worded) -> None:
    brings(shop, sale("a"), sale("b"))
    later = asks(shop, "submit")
    does(shop, asks(shop, "exclude", ids=(shop.document("a").id,)))
    assert does(shop, later) == {"a": "changed_since", "b": "done"}
    assert shop.state("a") == "excluded"


def test_what_is_brought_later_is_not_meant(shop: Worded) -> None:
    brings(shop, sale("a"))
    bulk = asks(shop, "submit")
    brings(shop, sale("b"))
    assert does(shop, bulk) == {"a": "done"}
    assert shop.state("b") == "for_review"


@pytest.mark.parametrize("committed", [True, False], ids=["behind a commit", "before a commit"])
def test_killed_at_every_step_each_document_is_done_once(
    shop: Worded, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    monkeypatch.setattr(doing, "AT_A_TIME", 3)
    brings(shop, *(sale(f"o{number}", customer=f"C{number}") for number in range(10)))
    bulk = asks(shop, "submit")
    for step in (0, 0, 1, 2, 0):
        with pytest.raises(Killed):
            do_bulk(KilledAt(shop.database, step, committed=committed), bulk, clock=shop.clock)  # type: ignore[arg-type]
    results = does(shop, bulk)
    assert results == {f"o{number}": "done" for number in range(10)}
    with shop.database.reading() as db:
        for row in by_origin(db, shop.id, results).values():
            assert [event.event for event in history(db, row.id)].count("submitted") == 1
        asked = select(func.count()).where(QueuedRequest.company_id == shop.id, QueuedRequest.purpose == "post")
        assert db.scalar(asked) == 10


def test_two_at_once_do_each_document_once(shop: Worded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doing, "AT_A_TIME", 1)
    brings(shop, sale("a"), sale("b", customer="Bob"))
    bulk = asks(shop, "exclude")
    other: list[str] = []

    def between(count: int) -> None:
        if not other:
            other.append(
                work_off_bulk(database=shop.database, clock=shop.clock, subject_id=bulk, checkpoint=lambda: None)
            )

    do_bulk(shop.database, bulk, clock=shop.clock, on_progress=between)
    assert other == [f"Documents of bulk action {bulk}: 1."]
    with shop.database.reading() as db:
        assert counts_of(db, bulk) == {ItemState.DONE: 2}


def test_undo_of_what_has_not_left(shop: Worded) -> None:
    brings(shop, sale("a"), sale("b"), sale("c"))
    bulk = asks(shop, "submit")
    does(shop, bulk)
    does(shop, asks(shop, "exclude", ids=(shop.document("b").id,)))
    with shop.database.transaction() as db:
        row = by_origin(db, shop.id, ["c"])["c"]
        row.state, row.txn_id = State.POSTED, "1A-1"
    assert does(shop, undoes(shop, bulk)) == {"a": "done", "b": "changed_since", "c": "changed_since"}
    assert [shop.state(origin) for origin in "abc"] == ["for_review", "excluded", "posted"]
    with pytest.raises(NotToUndo):
        undoes(shop, bulk)
    with shop.database.reading() as db:
        open_ones = select(func.count()).where(QueuedRequest.purpose == "post", QueuedRequest.state == "cancelled")
        assert db.scalar(open_ones) == 2


def test_undo_of_excluding_and_restoring(shop: Worded) -> None:
    brings(shop, sale("a"), sale("b"))
    bulk = asks(shop, "exclude")
    with pytest.raises(NotToUndo):  # not before it is done
        undoes(shop, bulk)
    does(shop, bulk)
    assert does(shop, undoes(shop, bulk)) == {"a": "done", "b": "done"}
    assert (shop.state("a"), shop.state("b")) == ("for_review", "for_review")


def test_words_are_mapped_over_a_filter_and_that_is_taken_back(shop: Worded) -> None:
    shop.brings("tee:1", "TEE-S", "TEE-M")
    shop.brings("tee:2", "TEE-M")
    shop.brings("mug:1", "MUG")
    bulk = asks(shop, "map", {"kind": "item", "name": "Widget"}, origin="tee:")
    assert does(shop, bulk) == {"tee:1": "done", "tee:2": "done"}
    assert [shop.state(one) for one in ("tee:1", "tee:2", "mug:1")] == ["submitted", "submitted", "for_review"]
    assert does(shop, asks(shop, "map", {"kind": "customer", "create": "X"}, origin="mug:")) == {
        "mug:1": "document_state"
    }
    assert does(shop, undoes(shop, bulk)) == {"tee:1": "done", "tee:2": "done"}
    assert (shop.codes("tee:1"), shop.codes("tee:2")) == (["unmapped", "unmapped"], ["unmapped"])


@pytest.mark.parametrize(
    "to",
    [None, {}, {"kind": "item"}, {"kind": "odd", "name": "Widget"}, {"kind": "item", "name": "Nothing"},
     {"kind": "cogs_account", "name": "Widget"}, {"kind": "item", "name": 5}, {"kind": "item", "odd": "x"}],
)  # fmt: skip
def test_what_is_no_entry_is_refused_before_anything_is_done(shop: Worded, to: dict[str, Any] | None) -> None:
    shop.brings("o1", "SKU")
    with pytest.raises(Invalid):
        asks(shop, "map", to)


def test_where_nothing_is_meant_nothing_is_asked_for(shop: Worded) -> None:
    with pytest.raises(NothingFound):
        asks(shop, "submit")
    brings(shop, sale("a"))
    for chosen in ({"states": (State.POSTED,)}, {"text": "nobody"}, {"ids": (99,)}, {"kind": "bill"}):
        with pytest.raises(NothingFound):
            asks(shop, "submit", **chosen)
    with pytest.raises(Invalid):
        asks(shop, "void")


@pytest.mark.parametrize(
    "said",
    [{"odd": 1}, {"ids": 5}, {"ids": ["x"]}, {"ids": [0]}, {"ids": list(range(1, 1002))}, {"states": ["gone"]},
     {"kind": "odd"}, {"text": "x" * 121}, {"origin": 5}, {"states": "posted"}],
    ids=lambda said: next(iter(said)),
)  # fmt: skip
def test_what_is_no_filter_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read_filter(said)


def test_results_of_long_ago_are_dropped(shop: Worded) -> None:
    brings(shop, sale("a"))
    does(shop, asks(shop, "exclude"))
    assert purge_bulk(database=shop.database, clock=shop.clock) == ""
    shop.clock.advance(days=91)
    assert purge_bulk(database=shop.database, clock=shop.clock) == "Results dropped: 1."
    with shop.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(BulkItem)) == 0
    assert timedelta(days=90) == doing.KEPT


def statements_of(shop: Worded, bulk: int) -> int:
    """How many statements it takes to do it."""
    count = 0

    def counted(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(shop.database.engine, "before_cursor_execute", counted)
    try:
        do_bulk(shop.database, bulk, clock=shop.clock)
    finally:
        event.remove(shop.database.engine, "before_cursor_execute", counted)
    return count


def test_what_is_submitted_together_takes_no_statements_for_each(shop: Worded) -> None:
    brings(shop, *(sale(f"few:{number}") for number in range(10)))
    brings(shop, *(sale(f"many:{number}") for number in range(100)))
    for code, undone in (
        ("exclude", True),
        ("exclude", False),
        ("restore", False),
        ("submit", True),
        ("submit", False),
    ):
        asked = asks(shop, code, origin="few:"), asks(shop, code, origin="many:")
        few, many = (statements_of(shop, one) for one in asked)
        assert many <= few + 40, code  # 90 documents more; some are read and written in several statements
        if undone:
            few, many = (statements_of(shop, undoes(shop, one)) for one in asked)
            assert many <= few + 40, f"undo of {code}"
    with shop.database.reading() as db:
        states = db.scalars(select(DocumentRow.state).where(DocumentRow.company_id == shop.id).distinct()).all()
        assert states == [State.SUBMITTED]
        assert db.scalar(select(func.count()).select_from(BulkItem).where(BulkItem.state != ItemState.DONE)) == 0


def test_one_that_cannot_be_submitted_keeps_none_of_the_others_back(
    shop: Worded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is found out only while it is done costs that one document, whichever stand around it."""
    brings(shop, *(sale(origin) for origin in ("a", "b", "c")))
    whole = submitting.refuse_undecided

    def refused(row: DocumentRow) -> None:
        if row.origin == "b":
            raise NotNow("Not b.")
        whole(row)

    monkeypatch.setattr(submitting, "refuse_undecided", refused)
    bulk = asks(shop, "submit", origin="")
    assert does(shop, bulk) == {"a": "done", "b": NotNow.code, "c": "done"}
    assert [shop.state(origin) for origin in ("a", "b", "c")] == ["submitted", "for_review", "submitted"]
    with shop.database.reading() as db:
        before = {one.before for one in items_of(db, bulk, limit=10)}
        assert before == {State.FOR_REVIEW}
        posts = select(func.count()).select_from(QueuedRequest).where(QueuedRequest.purpose == "post")
        assert db.scalar(posts) == 2


def test_one_that_has_left_keeps_none_of_the_others_from_being_taken_back(
    shop: Worded, monkeypatch: pytest.MonkeyPatch
) -> None:
    brings(shop, *(sale(origin) for origin in ("a", "b", "c")))
    bulk = asks(shop, "submit", origin="")
    does(shop, bulk)
    with shop.database.transaction() as db:
        sent = update(QueuedRequest).where(
            QueuedRequest.purpose == "post", QueuedRequest.subject == str(shop.document("b").id)
        )
        db.execute(sent.values(state=RequestState.SENT))
    assert does(shop, undoes(shop, bulk)) == {"a": "done", "b": NotNow.code, "c": "done"}
    assert [shop.state(origin) for origin in ("a", "b", "c")] == ["for_review", "submitted", "for_review"]


def test_what_waits_for_documents_that_are_excluded_together_is_told(shop: Worded) -> None:
    """A payment that is excluded with its invoice is out as well; one that is not waits in vain, and says so."""
    lines = [{"item": "Tea", "amount": "5.00"}]
    of = {"date": "2026-03-02", "customer": "Ann"}
    bills = [{"kind": "invoice", "origin": f"sale:{number}", "lines": lines, **of} for number in range(2)]
    parts = [{"invoice": f"sale:{number}", "amount": "5.00"} for number in range(2)]
    paid = [
        {"kind": "payment", "origin": origin, "amount": "5.00", "applies_to": [part], **of}
        for origin, part in (("sale:0:paid", parts[0]), ("other:1:paid", parts[1]))
    ]
    brings(shop, *bills, *paid, submit=True)
    assert {shop.state(origin) for origin in origins_of(shop)} == {"submitted"}
    assert set(does(shop, asks(shop, "exclude", origin="sale:")).values()) == {"done"}
    states = {origin: shop.state(origin) for origin in origins_of(shop)}
    assert states == {
        "sale:0": "excluded", "sale:1": "excluded", "sale:0:paid": "excluded", "other:1:paid": "failed"
    }  # fmt: skip
    assert "sale:1" in (shop.document("other:1:paid").message or "")
