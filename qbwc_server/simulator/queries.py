"""Queries of transactions: which of them an answer holds, page by page where that is asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qbwc_server.simulator.books import Books
from qbwc_server.simulator.date_macros import days_of
from qbwc_server.simulator.lists import Entry
from qbwc_server.simulator.numbering import Counters
from qbwc_server.simulator.refusals import (
    NO_MATCH,
    OK,
    Refused,
    Remark,
    no_such_iterator,
    some_not_found,
    unknown_object,
)
from qbwc_server.simulator.shapes import values_of
from qbwc_server.simulator.switches import UnknownFilter
from qbwc_server.simulator.transactions import TXN_KINDS, Transaction


@dataclass
class Found:
    """What a query found: ids in order, and the status that goes with them."""

    ids: list[str]
    remark: Remark = OK
    remaining: int | None = None
    iterator_id: str | None = None
    nothing_to_show: bool = False  # an iterator was stopped


@dataclass
class _Pages:
    """An iterator: what it has still to hand out, and the query that it belongs to."""

    left: list[str]
    query: dict[str, Any]


@dataclass
class Iterators:
    """The open iterators of one QuickBooks session; none outlives it."""

    open: dict[str, _Pages] = field(default_factory=dict)

    def page(self, request: Any, counters: Counters, select: Callable[[], Found]) -> Found:
        """Answer a query, as a whole or as the page that it asks for.

        Raises:
            Refused: 3391, the iterator is not of this session, has ended, or was opened with other filters.
        """
        step = str(getattr(request, "iterator", None) or "")
        if not step:
            found = _selected(select)
            if (most := getattr(request, "max_returned", None)) is not None:
                found.ids = found.ids[:most]
            return found
        if step == "Start":
            return self._start(request, counters, _selected(select))
        iterator_id = request.iterator_id or ""
        pages = self.open.get(iterator_id)
        if pages is None:
            raise no_such_iterator(iterator_id)
        if step == "Stop":
            del self.open[iterator_id]
            return Found([], nothing_to_show=True, iterator_id=iterator_id)
        if pages.query != _filters(request):
            raise no_such_iterator(iterator_id)
        return self._next(iterator_id, pages, request.max_returned)

    def _start(self, request: Any, counters: Counters, found: Found) -> Found:
        if request.max_returned is None:
            raise Refused(3150, 'There is a missing element: "MaxReturned".')
        if not found.ids:
            return found
        iterator_id = counters.iterator_id()
        pages = self.open[iterator_id] = _Pages(found.ids, _filters(request))
        return self._next(iterator_id, pages, request.max_returned)

    def _next(self, iterator_id: str, pages: _Pages, most: int) -> Found:
        ids, pages.left = pages.left[:most], pages.left[most:]
        if not pages.left:
            del self.open[iterator_id]
        return Found(ids, remaining=len(pages.left), iterator_id=iterator_id)


def _selected(select: Callable[[], Found]) -> Found:
    try:
        return select()
    except NothingNamed as nothing:
        return nothing.found


def _filters(request: Any) -> dict[str, Any]:
    aside = ("request_id", "iterator", "iterator_id", "meta_data")
    return {"": type(request), **{k: v for k, v in values_of(request).items() if k not in aside}}


def matcher(criterion: str, text: str) -> Callable[[str], bool]:
    """A test whether a name starts with, contains or ends with ``text``, whatever its case."""
    wanted = text.lower()
    if criterion == "StartsWith":
        return lambda value: value.lower().startswith(wanted)
    if criterion == "EndsWith":
        return lambda value: value.lower().endswith(wanted)
    return lambda value: wanted in value.lower()


def within(value: str, start: str | None, end: str | None) -> bool:
    """Whether a name or number lies in a range, both ends included."""
    lower = value.lower()
    return (not start or lower >= start.lower()) and (not end or lower <= end.lower())


def local(books: Books, moment: datetime) -> datetime:
    """A moment without an offset is local time of the PC."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=books.clock.time().tzinfo)


def chosen(books: Books, wanted: Any, space: str) -> list[str]:
    """The ListIDs that a filter names; with children where it says so."""
    entries: list[Entry | None] = []
    if wanted.list_ids:
        entries = [books.lists.get(one) for one in wanted.list_ids]
    elif wanted.full_names:
        entries = [books.lists.named(space, one) for one in wanted.full_names]
    elif wanted.list_id_with_children or wanted.full_name_with_children:
        top = (
            books.lists.get(wanted.list_id_with_children)
            if wanted.list_id_with_children
            else books.lists.named(space, wanted.full_name_with_children)
        )
        entries = list(books.lists.family(top)) if top is not None else []
    if not any(entries):
        _refuse_unknown(books, wanted)
    return [one.list_id for one in entries if one is not None]


class NothingNamed(Exception):
    """A filter names only what does not exist; ``found`` is the answer."""

    def __init__(self, found: Found) -> None:
        super().__init__(found.remark.message)
        self.found = found


def _refuse_unknown(books: Books, wanted: Any) -> None:
    """Answer as the switch says where a filter names what does not exist."""
    names = [
        *(wanted.list_ids or ()),
        *(wanted.full_names or ()),
        *filter(None, (wanted.list_id_with_children, wanted.full_name_with_children)),
    ]
    how = books.switches.unknown_entity_filter
    if not names or how is UnknownFilter.NOTHING:
        return
    if how is UnknownFilter.REFUSED:
        raise unknown_object(names[0])
    raise NothingNamed(Found([], some_not_found(names[0])))


# -- transactions --------------------------------------------------------------------------------


def transactions(books: Books, request: Any, tag: str) -> Found:
    """The transactions of one kind that a query asks for, in the order of creation."""
    held = vars(request)
    if ids := held.get("txn_ids"):
        known = {txn.txn_id for txn in map(books.transactions.get, ids) if txn is not None and txn.kind.tag == tag}
        missing = [txn_id for txn_id in ids if txn_id not in known]
        found = [txn_id for txn_id in dict.fromkeys(ids) if txn_id in known]
        return Found(found, some_not_found(missing[0]) if missing else OK)
    for name, exact in (("ref_numbers", False), ("ref_numbers_case_sensitive", True)):
        if numbers := held.get(name):
            return _numbered(books, numbers, exact, (tag,))
    tests = _txn_tests(books, held)
    candidates = _candidates(books, held, tag)
    return _in_order(txn for txn in candidates if txn.kind.tag == tag and all(test(txn) for test in tests))


def _numbered(books: Books, numbers: tuple[str, ...], exact: bool, tags: tuple[str, ...]) -> Found:
    found: list[Transaction] = []
    missing = []
    for number in numbers:
        hits = [
            txn
            for txn in books.transactions.numbered(number)
            if (not tags or txn.kind.tag in tags) and (not exact or txn.ref_number == number)
        ]
        found.extend(hits)
        if not hits:
            missing.append(number)
    result = _in_order(found)
    result.remark = some_not_found(missing[0]) if missing else OK
    return result


def _in_order(found: Iterable[Transaction]) -> Found:
    unique = {txn.txn_id: txn for txn in found}
    ids = [txn.txn_id for txn in sorted(unique.values(), key=lambda txn: txn.txn_number)]
    return Found(ids, OK if ids else NO_MATCH)


def _candidates(books: Books, held: dict[str, Any], tag: str) -> Iterable[Transaction]:
    """As few transactions as the indexes can tell; the tests decide."""
    changed = held.get("modified_date_range_filter")
    if changed is not None and changed.from_modified_date is not None:
        return books.transactions.changed_since(local(books, changed.from_modified_date))
    if (dated := held.get("txn_date_range_filter")) is not None:
        return books.transactions.dated(*_days(books, dated))
    if (entity := held.get("entity_filter")) is not None and TXN_KINDS[tag].entity:
        return [txn for one in chosen(books, entity, "name") for txn in books.transactions.of_entity(one)]
    return books.transactions.of(tag)


def _txn_tests(books: Books, held: dict[str, Any]) -> list[Callable[[Transaction], bool]]:
    tests: list[Callable[[Transaction], bool]] = []
    if (changed := held.get("modified_date_range_filter")) is not None:
        tests.append(_changed(books, changed))
    if (dated := held.get("txn_date_range_filter")) is not None:
        start, end = _days(books, dated)
        tests.append(lambda txn: (not start or txn.txn_date >= start) and (not end or txn.txn_date <= end))
    if (wanted := held.get("entity_filter")) is not None:
        entities = set(chosen(books, wanted, "name"))
        tests.append(lambda txn: txn.entity_id in entities or not entities.isdisjoint(_entities_of_lines(txn)))
    if (wanted := held.get("account_filter")) is not None:
        accounts = set(chosen(books, wanted, "account"))
        tests.append(lambda txn: any(posting.account in accounts for posting in txn.postings))
    tests.extend(_number_tests(held))
    if held.get("currency_filter") is not None:
        books.require(books.facts.multi_currency)
    status = str(held.get("paid_status") or "All")
    if status != "All":
        tests.append(lambda txn: (txn.balance == 0) is (status == "PaidOnly"))
    return tests


def _entities_of_lines(txn: Transaction) -> set[str]:
    """Whom the lines of a deposit or journal entry name."""
    if txn.kind.entity:
        return set()
    named = (getattr(line, "entity", None) for line in txn.lines)
    return {one.list_id for one in named if one is not None}


def _number_tests(held: dict[str, Any]) -> list[Callable[[Transaction], bool]]:
    tests: list[Callable[[Transaction], bool]] = []
    if (number := held.get("ref_number_filter")) is not None:
        matches = matcher(str(number.match_criterion), number.ref_number)
        tests.append(lambda txn: bool(txn.ref_number) and matches(txn.ref_number))
    if (span := held.get("ref_number_range_filter")) is not None:
        tests.append(
            lambda txn: bool(txn.ref_number) and within(txn.ref_number, span.from_ref_number, span.to_ref_number)
        )
    return tests


def _changed(books: Books, span: Any) -> Callable[[Transaction], bool]:
    start = local(books, span.from_modified_date) if span.from_modified_date is not None else None
    end = local(books, span.to_modified_date) if span.to_modified_date is not None else None
    if start is not None and end is not None and start > end:
        raise Refused(3030, "The from date is after the to date.")
    return lambda txn: (start is None or txn.time_modified >= start) and (end is None or txn.time_modified <= end)


def _days(books: Books, span: Any) -> tuple[date | None, date | None]:
    if span.date_macro is not None:
        return days_of(str(span.date_macro), books.clock.time().date())
    if span.from_txn_date is not None and span.to_txn_date is not None and span.from_txn_date > span.to_txn_date:
        raise Refused(3030, "The from date is after the to date.")
    return span.from_txn_date, span.to_txn_date


def any_transactions(books: Books, request: Any) -> Found:
    """The transactions of every kind that a TransactionQuery asks for."""
    held = vars(request)
    if ids := held.get("txn_ids"):
        missing = [txn_id for txn_id in ids if books.transactions.get(txn_id) is None]
        known = [txn_id for txn_id in dict.fromkeys(ids) if txn_id not in missing]
        return Found(known, some_not_found(missing[0]) if missing else OK)
    tests = _number_tests(held) + _transaction_tests(books, held)
    for name, exact in (("ref_numbers", False), ("ref_numbers_case_sensitive", True)):
        if numbers := held.get(name):
            of_number = _numbered(books, numbers, exact, ())
            kept = [one for one in map(books.transactions.get, of_number.ids) if one and all(t(one) for t in tests)]
            return Found([one.txn_id for one in kept], of_number.remark if kept else NO_MATCH)
    return _in_order(txn for txn in books.transactions if all(test(txn) for test in tests))


def _transaction_tests(books: Books, held: dict[str, Any]) -> list[Callable[[Transaction], bool]]:
    tests: list[Callable[[Transaction], bool]] = []
    if (span := held.get("transaction_modified_date_range_filter")) is not None:
        if span.date_macro is None:
            tests.append(_changed(books, span))
        else:
            first, last = days_of(str(span.date_macro), books.clock.time().date())
            tests.append(lambda txn: _between(txn.time_modified.date(), first, last))
    if (span := held.get("transaction_date_range_filter")) is not None:
        start, end = _days(books, span)
        tests.append(lambda txn: _between(txn.txn_date, start, end))
    if (wanted := held.get("transaction_entity_filter")) is not None:
        entity_type = str(wanted.entity_type_filter or "")
        if entity_type:
            tests.append(lambda txn: _kind_of(books, txn.entity_id) == entity_type)
        else:
            entities = set(chosen(books, wanted, "name"))
            tests.append(lambda txn: txn.entity_id in entities)
    if (types := held.get("transaction_type_filter")) is not None and "All" not in types.txn_type_filters:
        tests.append(lambda txn: txn.kind.tag in types.txn_type_filters)
    if (wanted := held.get("transaction_account_filter")) is not None:
        if wanted.account_type_filter is not None:
            name = str(wanted.account_type_filter)
            accounts = {a.list_id for a in books.lists.of("Account") if a.value("account_type") == name}
        else:
            accounts = set(chosen(books, wanted, "account"))
        tests.append(lambda txn: any(posting.account in accounts for posting in txn.postings))
    for name, space in (("transaction_item_filter", "item"), ("transaction_class_filter", "class")):
        if (wanted := held.get(name)) is not None:
            tests.append(_refers_to(books, set(chosen(books, wanted, space))))
    posting = str(held.get("transaction_posting_status_filter") or "Either")
    if posting != "Either":
        tests.append(lambda txn: txn.kind.posts is (posting == "Posting"))
    paid = str(held.get("transaction_paid_status_filter") or "Either")
    if paid != "Either":
        tests.append(lambda txn: (not txn.kind.owes or txn.balance == 0) is (paid == "Closed"))
    return tests


def _refers_to(books: Books, wanted: set[str]) -> Callable[[Transaction], bool]:
    return lambda txn: any(books.uses(txn, list_id) for list_id in wanted)


def _between(day: date, start: date | None, end: date | None) -> bool:
    return (not start or day >= start) and (not end or day <= end)


def _kind_of(books: Books, list_id: str) -> str:
    entry = books.lists.get(list_id)
    return entry.kind.tag if entry is not None else ""
